package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"onboard.example/checks"
)

// savedFile is the file of --save. It is made before anything is asked, so that
// nobody waits for an answer that cannot be kept, and gone again if nothing was
// written into it.
type savedFile struct {
	file    *os.File // nil: none was asked for
	written bool
}

func newSavedFile(name string) (*savedFile, error) {
	if name == "" {
		return &savedFile{}, nil
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, usage("Type another name, or move that file away: nothing is overwritten.", "%s is there already", name)
	}
	if err != nil {
		return nil, usage("Type the name of a new file in a folder that you may write to.", "--save: %w", err)
	}
	return &savedFile{file: f}, nil
}

// write keeps what was read, and says so to people.
func (s *savedFile) write(o *options, subject checks.Subject) error {
	if s.file == nil {
		return nil
	}
	enc := json.NewEncoder(s.file)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := errors.Join(enc.Encode(checks.Save(subject, release)), s.file.Sync()); err != nil {
		return fmt.Errorf("keep what was read in %s: %w", s.file.Name(), err)
	}
	s.written = true
	_, _ = fmt.Fprintf(o.err, saySaved, s.file.Name(), subject.Domain)
	return nil
}

// drop closes the file, and takes it away where it holds nothing whole.
func (s *savedFile) drop() {
	if s.file == nil {
		return
	}
	_ = s.file.Close() // it was synced if it was written
	if !s.written {
		_ = os.Remove(s.file.Name())
	}
}

// judgeSaved is check on a file that --save wrote. It asks nobody.
func judgeSaved(ctx context.Context, o *options, from, save string) error {
	if err := o.validate(); err != nil {
		return err
	}
	if o.user != "" {
		return usage("Leave it out: what was kept is about whoever was asked about then.", "--user needs somebody to ask")
	}
	if save != "" || o.tokenFile != "" || o.signIn != "" && o.signIn != "none" {
		return usage("Leave out --save, --token-file and --sign-in.", "--from asks nobody, so there is nobody to sign in and nothing new to save")
	}
	saved, err := o.readSaved(ctx, from)
	if err != nil {
		return err
	}
	if o.app == "" {
		o.app = saved.App.ID
	}
	if o.appID == "" {
		o.appID = saved.App.ClientID
	}
	if o.domain == "" {
		o.domain = saved.Domain
	}
	t, err := o.target()
	if err != nil {
		return err
	}
	if !strings.EqualFold(t.subject.Domain, saved.Domain) {
		return usage("Leave --domain out, or read that tenant too.", "the file was read of %s", saved.Domain)
	}
	if !strings.EqualFold(t.profile.ClientID, saved.App.ClientID) {
		return usage("Leave --app out, or read the tenant again for that app.",
			"the file was read for %s with the client id %s, and %s is another app", saved.App.Name, saved.App.ClientID, t.profile.Name)
	}
	var findings []checks.Finding
	var overall checks.Overall
	t.subject, findings, overall = saved.Judge(t.profile.App())
	if o.json {
		if err := json.NewEncoder(o.out).Encode(reportOf(t, findings, overall)); err != nil {
			return unprinted(err)
		}
		return exitFor(overall)
	}
	if _, err := fmt.Fprintf(o.out, sayFromOld, saved.At.UTC().Format("2006-01-02 15:04 UTC"), saved.Version); err != nil {
		return unprinted(err)
	}
	lines := newCheckLines(o.out)
	lines.service(t.subject)
	for _, f := range checks.InOrder(findings) {
		lines.finding(f)
	}
	if err := lines.overall(overall, saved.Look.Account.Read); err != nil {
		return unprinted(err)
	}
	return exitFor(overall)
}

// readSaved reads the file of --from. Standard input that nobody writes to, and
// whatever else waits, can be left with Ctrl-C.
func (o *options) readSaved(ctx context.Context, from string) (checks.Saved, error) {
	if err := o.mayTouchFiles(); err != nil {
		return checks.Saved{}, err
	}
	in := o.in
	if from != "-" {
		// Not blocking: a named pipe that nobody writes to is empty, and not waited for.
		f, err := os.OpenFile(from, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return checks.Saved{}, usage("Type the name of a file that `onboard check --save` wrote.", "--from: %w", err)
		}
		defer f.Close() //nolint:errcheck // it was only read
		in = f
	}
	type outcome struct {
		saved checks.Saved
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		saved, err := checks.ReadSaved(in)
		done <- outcome{saved, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			return checks.Saved{}, usage("Save it again with `onboard check --save FILE`.", "%s: %w", from, r.err)
		}
		return r.saved, nil
	case <-ctx.Done():
		return checks.Saved{}, &exitError{code: codeInterrupted, cause: errors.New(sayStopped)}
	}
}
