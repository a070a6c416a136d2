package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/adrg/xdg"
	"golang.org/x/term"

	"onboard.example/checks"
	"onboard.example/checks/signin"
	"onboard.example/flows"
	"onboard.example/flows/journal"
	"onboard.example/flows/run"
	"onboard.example/tui"
)

// runWizard is `onboard` without a command.
func runWizard(ctx context.Context, o *options) error {
	start, err := o.start()
	if err != nil {
		return err
	}
	c, err := newClients(o)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.openKeep(ctx); err != nil {
		return err
	}
	w := &wizard{o: o, c: c, start: start, dir: o.stateDir()}
	if w.share, err = o.openShare(ctx); err != nil {
		return err
	}
	if w.share != nil {
		defer w.share.Close()
	}
	return w.run(ctx)
}

// stateDir is where runs and receipts are kept.
func (o *options) stateDir() string {
	for _, e := range o.env {
		if dir, ok := strings.CutPrefix(e, "XDG_STATE_HOME="); ok && filepath.IsAbs(dir) {
			return filepath.Join(dir, "onboard")
		}
	}
	return filepath.Join(xdg.StateHome, "onboard")
}

// service names what the flags have asked in place of Microsoft.
func (o *options) service() string { return checks.OtherService(o.loginURL, o.graphURL) }

// start is what the flags already say of a run; what they do not is asked.
func (o *options) start() (flows.Started, error) {
	if err := o.validate(); err != nil { // it also puts the addresses into their form
		return flows.Started{}, err
	}
	s := flows.Started{Nonce: strings.ToLower(rand.Text()[:12]), Version: release, Cloud: checks.Cloud(o.cloud), Person: o.user, CanWrite: true, Keeps: o.keepSignIn, Login: o.loginURL, Portal: o.portalURL, Service: o.service()}
	if o.json {
		return s, usage("Type `onboard check --json` for a report.", "the wizard prints no JSON")
	}
	var err error
	if s.Handed, err = o.handed(); err != nil {
		return s, err
	}
	if o.tokenFile == "-" {
		return s, usage("Put the token into a file, or use `onboard check`.", "--token-file - is where the wizard reads your answers")
	}
	if o.app != "" {
		p, err := o.profile(o.app)
		if err != nil {
			return s, err
		}
		if p, err = o.withAppID(p); err != nil {
			return s, err
		}
		s.Profile, s.ClientID = &p, p.ClientID
	}
	if o.domain != "" {
		domain, err := signin.ParseDomain(o.domain)
		if err != nil {
			return s, inputError(err)
		}
		s.Domain = domain
	}
	return s, nil
}

// wizard is one run at a terminal, or on plain lines.
type wizard struct {
	o     *options
	c     *clients
	start flows.Started
	dir   string   // where runs and receipts are kept; empty: nowhere
	play  run.Play // the rehearsed admin; nil but in a demo
	share *sharing // where the run is shared; nil: nowhere
	auto  bool     // plain lines take the first advised choice by themselves

	driven  []*driven
	trouble *flows.Troubled // no receipt can be kept; nil: they can
	unkept  *flows.Troubled // the new run cannot be kept; nil: it is
	fresh   string          // id of the journal begun for this run, if it is kept
}

// driven is a driver with the work that runs it.
type driven struct {
	*run.Driver
	stop context.CancelFunc
	done chan struct{}
}

// run drives the run from its start, or from where an earlier one was left,
// and gives the exit code of its verdict.
func (w *wizard) run(ctx context.Context) error {
	look := tui.LookOf(w.o.env)
	look.NoColor = look.NoColor || w.o.noColor
	profiles, err := w.o.profiles()
	if err != nil {
		return err
	}
	w.start.Ways = w.c.ways(w.start.Profile)
	if w.play != nil { // a demo has the token that it made, and no account
		w.start.Ways = slices.DeleteFunc(w.start.Ways, func(o flows.WayOffer) bool { return o.Way != flows.WayToken })
	}
	slices.SortStableFunc(w.start.Ways, func(a, b flows.WayOffer) int {
		return cmp.Compare(w.o.rank(a.Way), w.o.rank(b.Way))
	})
	if name, borrowed := signin.Borrowed(w.c.clientID(w.start.Profile)); borrowed {
		_, _ = fmt.Fprintf(w.o.err, sayBorrowed, name)
	}
	defer w.leave()
	d, earlier, err := w.begin(ctx)
	if err != nil {
		return err
	}
	o := tui.Options{
		Profiles: profiles, Look: look, Earlier: earlier, Reopen: w.reopen, KeepReport: w.keepReport,
		Auto: w.auto, NoSignIn: w.o.signIn == "none", AskWhy: w.o.askFor,
	}
	if w.share != nil {
		o.Notices, o.Receipt = w.share.notices, w.share.receiptWay
	}
	if w.fresh != "" { // what is not kept cannot be gone on with
		o.ResumeWith = "onboard"
	}
	if w.o.plain || w.auto || look.Plain || !w.atTerminal() {
		return w.ended(tui.Plain(ctx, w.o.in, w.o.out, d, o))
	}
	if f, ok := w.o.out.(*os.File); ok {
		o.Width, o.Height, _ = term.GetSize(int(f.Fd())) // unknown: the terminal says so later
	}
	if !tui.Drawable(o.Width, o.Height) {
		_, _ = fmt.Fprintf(w.o.err, sayHugeWindow, o.Width, o.Height)
		return w.ended(tui.Plain(ctx, w.o.in, w.o.out, d, o))
	}
	return w.ended(tui.Run(ctx, d, o, tui.Terminal{In: w.o.in, Out: w.o.out, Environ: w.o.env}))
}

// rank puts the way of --sign-in first, and without one a token that was handed
// over: whoever has the Azure CLI as well did not ask for it.
func (o *options) rank(w flows.Way) int {
	if string(w) == o.signIn || o.signIn == "" && o.tokenFile != "" && w == flows.WayToken {
		return 0
	}
	return 1
}

// atTerminal says whether both ends are a terminal.
func (w *wizard) atTerminal() bool {
	for _, end := range []any{w.o.in, w.o.out} {
		f, ok := end.(*os.File)
		if !ok || !term.IsTerminal(int(f.Fd())) {
			return false
		}
	}
	return true
}

// begin makes the journal and the driver of a new run, and lists those that
// can be gone on with.
func (w *wizard) begin(ctx context.Context) (tui.Driver, []tui.Earlier, error) {
	j, earlier := flows.Journal(journal.NewMemory()), []tui.Earlier(nil)
	if w.dir != "" {
		runs := filepath.Join(w.dir, "runs")
		earlier = w.earlier(ctx, runs)
		kept, saved, err := journal.Start(runs, nil)
		if !saved {
			w.unkept = &flows.Troubled{What: flows.TroubleStore, Text: err.Error()}
		}
		if f, ok := kept.(*journal.File); ok {
			w.fresh = f.ID()
		}
		j = kept
	}
	d, err := w.drive(ctx, j)
	if err != nil {
		return nil, nil, err
	}
	if err := d.Do(ctx, w.start); err != nil {
		return nil, nil, err
	}
	return d, earlier, w.tell(ctx, d)
}

// tell puts what cannot be kept on the screen, or on plain lines.
func (w *wizard) tell(ctx context.Context, d *driven) error {
	for _, t := range []*flows.Troubled{w.unkept, w.trouble} {
		if t == nil {
			continue
		}
		if err := d.Do(ctx, *t); err != nil {
			return err
		}
	}
	return nil
}

// warn prints what cannot be kept, for a command without a screen.
func (w *wizard) warn() {
	if w.unkept != nil {
		_, _ = fmt.Fprintf(w.o.err, sayNotSaved, w.unkept.Text)
	}
	if w.trouble != nil {
		_, _ = fmt.Fprintf(w.o.err, sayNoReceipts, w.trouble.Text)
	}
}

// noReceipts is where receipts would be, and why they are not.
type noReceipts struct{ err error }

// Save implements run.Receipts.
func (n noReceipts) Save(context.Context, flows.Receipt) (string, error) { return "", n.err }

// Lock implements run.Receipts.
func (n noReceipts) Lock(string) (func(), error) { return nil, n.err }

// All implements run.Receipts.
func (n noReceipts) All(context.Context) ([]flows.Receipt, error) { return nil, n.err }

// earlier lists the runs that were left before their end. Trouble with the
// list is no reason not to begin.
func (w *wizard) earlier(ctx context.Context, runs string) []tui.Earlier {
	d, err := journal.OpenDir(runs, nil)
	if err != nil {
		return nil
	}
	list, err := d.List(ctx)
	if err != nil {
		return nil
	}
	var out []tui.Earlier
	for _, r := range list {
		if r.Busy {
			continue
		}
		out = append(out, tui.Earlier{ID: r.ID, App: r.State.App.Name, Domain: r.State.Domain, Where: tui.Where(r.State), Left: r.At})
	}
	return out
}

// reopen goes on with an earlier run in place of the one that just began.
func (w *wizard) reopen(ctx context.Context, id string) (tui.Driver, error) {
	d, err := journal.OpenDir(filepath.Join(w.dir, "runs"), nil)
	if err != nil {
		return nil, err
	}
	j, err := d.Open(id)
	if err != nil {
		return nil, err
	}
	w.halt()
	w.unkept = nil // this one has a file
	if w.fresh != "" {
		if err := d.Remove(w.fresh); err != nil {
			return nil, err
		}
		w.fresh = ""
	}
	again, err := w.drive(ctx, j)
	if err != nil {
		return nil, err
	}
	return again, w.tell(ctx, again)
}

// drive makes a driver over a journal and sets it to work.
func (w *wizard) drive(ctx context.Context, j flows.Journal) (*driven, error) {
	var d *driven
	sign := &signer{c: w.c, profile: func() *flows.Profile { return d.State().Profile }}
	hands := run.Hands{Look: newLooker(w.c), SignIn: sign, Change: changers{w.c}, Return: returner{}, Host: machine{}, Play: w.play}
	sign.host = hands.Host
	o := run.Options{
		Writer: flows.WriterID(rand.Text()), Version: release, Ways: w.start.Ways, CanWrite: w.start.CanWrite, Keeps: w.start.Keeps,
		Login: w.start.Login, Portal: w.start.Portal, Service: w.start.Service, Reread: w.o.patience,
	}
	var unkept error
	if w.dir != "" {
		kept, err := journal.OpenReceipts(filepath.Join(w.dir, "receipts"))
		if o.Receipts = kept; err != nil {
			o.Receipts, unkept = noReceipts{err}, err
		}
	}
	drv, err := run.New(ctx, hands, j, o)
	if err != nil {
		return nil, fmt.Errorf("take up the run: %w", err)
	}
	working, stop := context.WithCancel(ctx)
	d = &driven{Driver: drv, stop: stop, done: make(chan struct{})}
	w.driven = append(w.driven, d)
	if unkept != nil { // said before anybody can agree to a change
		w.trouble = &flows.Troubled{What: flows.TroubleReceipt, Text: unkept.Error()}
	}
	go func() {
		defer close(d.done)
		stop := w.shares(ctx, j)
		_ = drv.Run(working) // its error is ours: the context's
		stop()               // now all of it happened
		if c, ok := j.(io.Closer); ok {
			_ = c.Close() // everything was stored before Run returned
		}
	}()
	return d, nil
}

// halt stops every driver and waits for it.
func (w *wizard) halt() {
	for _, d := range w.driven {
		d.stop()
		<-d.done
	}
	w.driven = w.driven[:0]
}

// leave stops the work, and keeps no file of a run in which nothing was chosen.
func (w *wizard) leave() {
	begun := len(w.driven) == 0 || w.driven[len(w.driven)-1].State().Begun()
	w.halt()
	if begun || w.fresh == "" {
		return
	}
	if d, err := journal.OpenDir(filepath.Join(w.dir, "runs"), nil); err == nil {
		_ = d.Remove(w.fresh) // a file more does no harm: it is not listed
	}
}

// mostReports is how many reports of one second get names of their own.
const mostReports = 100

// keepReport writes a report or a message beside where the person works, each
// form under the same name, which nothing had before.
func (w *wizard) keepReport(_ context.Context, forms []tui.ReportForm) (string, error) {
	base := "onboard-report"
	if len(forms) > 0 {
		base = cmp.Or(forms[0].Base, base)
	}
	base += "-" + w.c.now().Format("20060102-150405")
	name := base
	for n := 2; ; n++ {
		names, err := writeForms(name, forms)
		if !errors.Is(err, fs.ErrExist) || n > mostReports {
			return strings.Join(names, ", "), err
		}
		name = base + "-" + strconv.Itoa(n)
	}
}

// writeForms writes every form or none, readable for its owner alone.
func writeForms(name string, forms []tui.ReportForm) (names []string, err error) {
	for _, form := range forms {
		file := name + "." + form.Ext
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			names = append(names, file)
			_, err = io.WriteString(f, form.Text)
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			for _, made := range names {
				_ = os.Remove(made) // half a report is none
			}
			return nil, fmt.Errorf("write the report: %w", err)
		}
	}
	return names, nil
}

// ended makes the exit code of a run: what its verdict says.
func (w *wizard) ended(err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, tui.ErrInterrupted):
		return &exitError{code: codeInterrupted}
	case err != nil:
		return &exitError{code: codeUnknown, cause: err}
	}
	if len(w.driven) == 0 {
		return nil
	}
	last := w.driven[len(w.driven)-1].State()
	if got, ok := last.Reached(); ok && got.Done { // done, if not open to everybody
		return nil
	}
	return exitFor(last.Overall())
}
