package signin

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"onboard.example/checks"
)

// File takes the access token in a file: the token alone, or the JSON that az
// prints. It is read again when it has expired, so that a script may keep it
// fresh. Errors are *InputError for what is no token, else *Error.
func File(ctx context.Context, name string, o TokenOptions) (Session, error) {
	return hand(ctx, WayToken, o, func(context.Context) (Secret, error) {
		data, err := readCapped(name, maxToken)
		if err != nil {
			return Secret{}, tokenError(fmt.Sprintf(wordsTokenFile, shownFile(name), fileProblem(err)))
		}
		t, problem := parseToken(data)
		if problem != "" {
			return Secret{}, tokenError(fmt.Sprintf(wordsTokenFile, shownFile(name), problem))
		}
		return t, nil
	})
}

// Stdin takes the access token from r, which is read to its end, once. A read
// that hangs does not end with ctx.
func Stdin(ctx context.Context, r io.Reader, o TokenOptions) (Session, error) {
	used := false
	return hand(ctx, WayToken, o, func(context.Context) (Secret, error) {
		if used {
			return Secret{}, CauseFixed.make(&checks.Failure{Kind: checks.FailSignIn})
		}
		used = true
		data, err := readAll(r, maxToken)
		if err != nil {
			return Secret{}, tokenError(fmt.Sprintf(wordsTokenStdin, fileProblem(err)))
		}
		t, problem := parseToken(data)
		if problem != "" {
			return Secret{}, tokenError(fmt.Sprintf(wordsTokenStdin, problem))
		}
		return t, nil
	})
}

func tokenError(say string) error {
	return &InputError{Field: FieldToken, Say: say, Do: wordsTokenDo}
}

// parseToken finds the token in what was handed over, or says what is wrong.
func parseToken(data []byte) (t Secret, problem string) {
	text := strings.TrimSpace(plainText(data))
	if text == "" {
		return Secret{}, wordsFileEmpty
	}
	switch text[0] {
	case '{':
		var az struct {
			Az    string `json:"accessToken"`
			OAuth string `json:"access_token"`
		}
		if json.Unmarshal([]byte(text), &az) != nil || az.Az+az.OAuth == "" {
			return Secret{}, wordsTokenJSON
		}
		text = strings.TrimSpace(cmp.Or(az.Az, az.OAuth))
	case '"':
		text = strings.Trim(text, `"`)
	}
	for _, word := range []string{"authorization:", "bearer "} {
		if len(text) > len(word) && strings.EqualFold(text[:len(word)], word) {
			text = strings.TrimSpace(text[len(word):])
		}
	}
	return tokenShape(text)
}

// tokenText is made of the characters that JWTs and Microsoft's opaque tokens are.
var tokenText = regexp.MustCompile(`^[A-Za-z0-9._~+/=!*$-]+$`)

// tokenShape accepts a JWT, or a run of the characters that tokens are made of.
func tokenShape(text string) (t Secret, problem string) {
	if strings.ContainsAny(text, " \t\r\n") {
		return Secret{}, wordsTokenSpaces
	}
	if len(text) < minToken || !tokenText.MatchString(text) {
		return Secret{}, wordsTokenShape
	}
	if strings.HasPrefix(text, "eyJ") { // {" in base64: a JWT begins so
		parts := strings.Split(text, ".")
		if _, ok := decode(text); len(parts) == 3 && (!ok || parts[2] == "") || len(parts) < 3 {
			return Secret{}, wordsTokenCut
		}
		if head, err := base64.RawURLEncoding.DecodeString(parts[0]); err != nil || !json.Valid(head) {
			return Secret{}, wordsTokenCut
		}
	}
	return NewSecret(text), ""
}

// plainText undoes what a Windows shell makes of a redirected output: UTF-16
// with a mark, or UTF-8 with one.
func plainText(data []byte) string {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	big := bytes.HasPrefix(data, []byte("\xfe\xff"))
	if !big && !bytes.HasPrefix(data, []byte("\xff\xfe")) {
		return string(data)
	}
	var units []uint16
	for pair := range slices.Chunk(data[2:], 2) {
		if len(pair) < 2 {
			break
		}
		lo, hi := pair[0], pair[1]
		if big {
			lo, hi = hi, lo
		}
		units = append(units, uint16(lo)|uint16(hi)<<8)
	}
	return string(utf16.Decode(units))
}
