package main

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	gossh "golang.org/x/crypto/ssh"

	"onboard.example/checks"
	"onboard.example/flows"
	"onboard.example/ssh"
)

// serveGuides say who is a guide. Nobody is where they name neither an authority nor
// a key.
type serveGuides struct {
	Authorities  []serveAuthority `yaml:"authorities"`
	Keys         []serveGuideKey  `yaml:"keys"`
	Principals   servePrincipals  `yaml:"principals"`
	SecurityKeys bool             `yaml:"securityKeys"`
	Revoked      string           `yaml:"revoked"`
	Answers      string           `yaml:"answers"`
}

// servePrincipals are the names in a certificate that give a role.
type servePrincipals struct {
	Guide   []string `yaml:"guide"`
	Lead    []string `yaml:"lead"`
	Auditor []string `yaml:"auditor"`
}

// serveAuthority signs certificates of an organisation's guides.
type serveAuthority struct {
	Organisation string `yaml:"organisation"`
	KeysFile     string `yaml:"keysFile"`
}

// serveGuideKey is one guide's key.
type serveGuideKey struct {
	Name         string        `yaml:"name"`
	Organisation string        `yaml:"organisation"`
	Role         ssh.GuideRole `yaml:"role"`
	Key          string        `yaml:"key"`

	public gossh.PublicKey
}

// UnmarshalYAML implements yaml.NodeUnmarshaler: what is wrong is told with its place.
func (a *serveAuthority) UnmarshalYAML(node ast.Node) error {
	type bare serveAuthority
	if err := yaml.NodeToValue(node, (*bare)(a), yaml.Strict()); err != nil {
		return err
	}
	switch {
	case !ssh.GuideName(a.Organisation):
		return wrongAt(node, "organisation", sayGuidesName, "organisation")
	case !filepath.IsAbs(a.KeysFile):
		return wrongAt(node, "keysFile", sayConfigPath, "keysFile", checks.Line(a.KeysFile, 200))
	}
	return nil
}

// UnmarshalYAML implements yaml.NodeUnmarshaler, as that of serveAuthority does.
func (k *serveGuideKey) UnmarshalYAML(node ast.Node) (err error) {
	type bare serveGuideKey
	if err := yaml.NodeToValue(node, (*bare)(k), yaml.Strict()); err != nil {
		return err
	}
	switch {
	case !ssh.GuideName(k.Name):
		return wrongAt(node, "name", sayGuidesName, "name")
	case !ssh.GuideName(k.Organisation):
		return wrongAt(node, "organisation", sayGuidesName, "organisation")
	case !k.Role.Known():
		return wrongAt(node, "role", sayConfigWord, "role", checks.Line(string(k.Role), 40), "guide, lead or auditor")
	}
	if k.public, err = ssh.ParseGuideKey(k.Key); err != nil {
		return wrongAt(node, "key", "key: %w", err)
	}
	return nil
}

// wrongAt says what is wrong with a key of a mapping, where it stands, or where the
// mapping begins if it is not there.
func wrongAt(node ast.Node, key, format string, args ...any) error {
	at := node
	if m, ok := node.(ast.MapNode); ok {
		for each := m.MapRange(); each.Next(); {
			if each.Key().String() == key {
				at = each.Value()
			}
		}
	}
	return &yaml.SyntaxError{Message: fmt.Errorf(format, args...).Error(), Token: at.GetToken()}
}

// any says whether anybody can be a guide.
func (g serveGuides) any() bool { return len(g.Authorities)+len(g.Keys) > 0 }

// settle holds the settings to what can be meant.
func (g serveGuides) settle() error {
	if g.Revoked != "" && !filepath.IsAbs(g.Revoked) {
		return fmt.Errorf(sayConfigPath, "guides.revoked", checks.Line(g.Revoked, 200))
	}
	if g.Answers != "" && !filepath.IsAbs(g.Answers) {
		return fmt.Errorf(sayConfigPath, "guides.answers", checks.Line(g.Answers, 200))
	}
	if !g.any() && (g.Revoked != "" || g.SecurityKeys || g.Answers != "") {
		return fmt.Errorf("guides: %s", sayGuidesNobody)
	}
	if _, err := g.open(nil); err != nil {
		return fmt.Errorf("guides: %w", err)
	}
	return nil
}

// open makes what says who is a guide; nil: nobody is one, and there is no console.
func (g serveGuides) open(log *slog.Logger) (*ssh.Guides, error) {
	if !g.any() {
		return nil, nil
	}
	o := ssh.GuidesOptions{
		Principals:   map[ssh.GuideRole][]string{ssh.RoleGuide: g.Principals.Guide, ssh.RoleLead: g.Principals.Lead, ssh.RoleAuditor: g.Principals.Auditor},
		SecurityKeys: g.SecurityKeys, Revoked: g.Revoked, Log: log,
	}
	for _, a := range g.Authorities {
		o.Authorities = append(o.Authorities, ssh.Authority{Organisation: a.Organisation, File: a.KeysFile})
	}
	for _, k := range g.Keys {
		o.Keys = append(o.Keys, ssh.GuideKey{Name: k.Name, Organisation: k.Organisation, Role: k.Role, Key: k.public})
	}
	guides, err := ssh.OpenGuides(o)
	if err != nil {
		return nil, fmt.Errorf("who is a guide: %w", err)
	}
	return guides, nil
}

// check says what keeps guides out: a file that is not as it must be.
func (g serveGuides) check() error {
	guides, err := g.open(nil)
	if err != nil || guides == nil {
		return err
	}
	return guides.Trouble()
}

// answers reads the folder of canned answers; nil: there is none. Besides an error there
// are those that could be read.
func (g serveGuides) answers(apps []flows.Profile) (*ssh.Answers, error) {
	if g.Answers == "" {
		return nil, nil
	}
	a, err := ssh.OpenAnswers(g.Answers, apps)
	if err != nil {
		return a, usage(sayMendAnswers, "guides.answers: %w", err)
	}
	return a, nil
}

// told says who is a guide, for --check-config.
func (g serveGuides) told() string {
	if !g.any() {
		return ""
	}
	var who []string
	if len(g.Authorities) > 0 {
		var of []string
		for _, a := range g.Authorities {
			if !slices.Contains(of, a.Organisation) {
				of = append(of, a.Organisation)
			}
		}
		who = append(who, fmt.Sprintf(sayGuidesOf, strings.Join(of, ", ")))
	}
	if n := len(g.Keys); n > 0 {
		who = append(who, fmt.Sprintf(sayGuidesKeys, n))
	}
	return fmt.Sprintf(sayConfigGuides, strings.Join(who, "; "))
}
