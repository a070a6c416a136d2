package signin

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const hiddenText = "s3cr3t-text-that-must-never-show"

func TestSecretNeverPrints(t *testing.T) {
	t.Parallel()
	s := NewSecret(hiddenText)
	type exported struct {
		Name  string
		Token Secret
	}
	type unexported struct{ token Secret }
	type deep struct{ inner *unexported }
	values := map[string]any{
		"value": s, "pointer": &s, "slice": []Secret{s}, "map": map[string]Secret{"a": s},
		"exported": exported{"n", s}, "unexported": unexported{s}, "pointer to": &exported{"n", s},
		"deep": deep{&unexported{s}}, "any": []any{s, &s}, "error": fmt.Errorf("with %v and %w", s, errors.New("x")),
		"live": &live{held: held{token: s}}, "handed": &handed{token: s},
	}
	for name, v := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%5.2s", "% x", "%U", "%w"} {
				if got := fmt.Sprintf(verb, v); strings.Contains(got, hiddenText) || strings.Contains(strings.ToLower(got), fmt.Sprintf("%x", hiddenText)) {
					t.Errorf("%s shows the secret: %s", verb, got)
				}
			}
			if got := fmt.Sprint(v); strings.Contains(got, hiddenText) {
				t.Errorf("Sprint shows the secret: %s", got)
			}
			var log bytes.Buffer
			slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "v", v)
			slog.New(slog.NewTextHandler(&log, nil)).Info("m", "v", v)
			if strings.Contains(log.String(), hiddenText) {
				t.Errorf("slog shows the secret: %s", log.String())
			}
			if b, err := json.Marshal(v); err == nil && strings.Contains(string(b), hiddenText) {
				t.Errorf("json shows the secret: %s", b)
			}
		})
	}
}

func TestSecretMarshalsAsMask(t *testing.T) {
	t.Parallel()
	s := NewSecret(hiddenText)
	got, err := json.Marshal(map[string]any{"token": s, "at": &s})
	if err != nil || string(got) != `{"at":"•••","token":"•••"}` {
		t.Errorf("json: %s %v", got, err)
	}
	if got, err := xml.Marshal(s); err != nil || !strings.Contains(string(got), mask) || strings.Contains(string(got), hiddenText) {
		t.Errorf("xml: %s %v", got, err)
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(s); err == nil && bytes.Contains(b.Bytes(), []byte(hiddenText)) {
		t.Error("gob shows the secret")
	}
	if got := fmt.Sprintf("%v|%s|%q|%#v", s, s, s, s); got != "•••|•••|•••|•••" {
		t.Errorf("fmt: %s", got)
	}
}

func TestSecretReveals(t *testing.T) {
	t.Parallel()
	if got := NewSecret(hiddenText).Reveal(); got != hiddenText {
		t.Errorf("Reveal gave %q", got)
	}
	if zero := (Secret{}); zero.Reveal() != "" || !zero.Empty() || zero.String() != mask {
		t.Errorf("the zero secret: %q", zero.Reveal())
	}
	if NewSecret("x").Empty() {
		t.Error("a secret with text is empty")
	}
}
