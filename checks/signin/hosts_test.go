package signin

import (
	"errors"
	"testing"

	"onboard.example/checks"
)

func TestParseLogin(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]login{
		"":                                         {base: "https://login.microsoftonline.com"},
		"https://127.0.0.1:8443":                   {base: "https://127.0.0.1:8443", stand: true},
		" https://LOCALHOST:8443/ ":                {base: "https://localhost:8443", stand: true},
		"https://127.0.0.1:8443/_cloud/china/":     {base: "https://127.0.0.1:8443/_cloud/china", stand: true},
		"https://login.microsoftonline.us":         {base: "https://login.microsoftonline.us"},
		"https://Login.PARTNER.microsoftonline.cn": {base: "https://login.partner.microsoftonline.cn"},
	} {
		if got, err := parseLogin(in, ""); err != nil || got != want {
			t.Errorf("%q gave %+v, %v", in, got, err)
		}
	}
	if got, err := parseLogin("", checks.CloudChina); err != nil || got.base != "https://login.partner.microsoftonline.cn" {
		t.Errorf("China gave %+v, %v", got, err)
	}
	for in, say := range map[string]string{
		"http://127.0.0.1": wordsLoginHTTPS, "127.0.0.1:8443": wordsLoginBad, "https://": wordsLoginBad, "https://x/?y": wordsLoginBad,
		"https://u:p@x": wordsLoginBad, "https://x/#y": wordsLoginBad, "login": wordsLoginBad, "https://%zz": wordsLoginBad,
	} {
		_, err := parseLogin(in, "")
		var e *InputError
		if !errors.As(err, &e) || e.Say != say || e.Do != wordsLoginDo {
			t.Errorf("%q gave %v", in, err)
		}
	}
	var e *InputError
	if _, err := parseLogin("", "moon\x1b[31m"); !errors.As(err, &e) || e.Field != FieldCloud || e.Say != wordsCloudBad+"moon" {
		t.Errorf("an unknown cloud gave %v", err)
	}
}
