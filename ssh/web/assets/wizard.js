// The wizard in the browser: a terminal, and a WebSocket to the door that served this
// page. What is typed and what is shown goes in binary messages, all else as JSON in
// messages of text. Nothing is kept: the resume code lives as long as the page.
(() => {
  'use strict';
  const at = (id) => document.getElementById(id);
  const screen = at('screen');
  const most = { cols: Number(screen.dataset.cols), rows: Number(screen.dataset.rows) };
  const least = 40; // columns, for which the letters become smaller
  const sizes = [16, 15, 14, 13, 12, 11, 10];
  const part = 16 * 1024; // bytes of one message
  const bytes = new TextEncoder();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let term, fit, line, user = '', plain = false, came = false, kept = null, gone = false, over = false;

  const themes = {
    dark: { background: '#14181d', foreground: '#e6e9ec', cursor: '#79b8ff', cursorAccent: '#14181d', selectionBackground: '#3b5575' },
    light: { background: '#ffffff', foreground: '#1b1f24', cursor: '#0550ae', cursorAccent: '#ffffff', selectionBackground: '#b6d4fb' },
  };
  const theme = () => (dark.matches ? themes.dark : themes.light);

  // say shows one of the sentences of the page.
  function say(which, detail) {
    for (const one of at('status').querySelectorAll('span')) one.hidden = one.id !== 'say-' + which;
    at('detail').hidden = !detail;
    at('detail').textContent = detail || '';
  }

  function send(what) {
    if (line && line.readyState === WebSocket.OPEN) line.send(what);
  }

  function type(text) {
    const all = bytes.encode(text);
    for (let i = 0; i < all.length; i += part) send(all.subarray(i, i + part));
  }

  // refit makes the terminal as large as its place, within what the server draws.
  function refit() {
    if (screen.hidden) return;
    let to;
    for (const size of sizes) {
      if (term.options.fontSize !== size) term.options.fontSize = size;
      to = fit.proposeDimensions();
      if (!to || to.cols >= least) break;
    }
    if (!to || !to.cols || !to.rows) return;
    term.resize(Math.min(to.cols, most.cols), Math.min(to.rows, most.rows));
  }

  // copied puts what the wizard copies (OSC 52) on the clipboard; nobody reads it here.
  function copied(data) {
    const text = data.slice(data.indexOf(';') + 1);
    if (text === '?' || text.length > 64 * 1024 || !navigator.clipboard) return true;
    try {
      const raw = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      navigator.clipboard.writeText(new TextDecoder().decode(raw)).catch(() => {});
    } catch { /* it was no base64 */ }
    return true;
  }

  // pressed lets the person out of the terminal, copy what they marked, and paste: the
  // wizard has no use of its own for Ctrl-V, which the terminal would send it.
  function pressed(e) {
    if (e.type !== 'keydown') return true;
    if (e.key === 'F6') {
      e.preventDefault();
      (at('bar').querySelector('button:not([hidden])') || at('bar').querySelector('a')).focus();
      return false;
    }
    const key = e.ctrlKey || e.metaKey ? e.key.toLowerCase() : '';
    return !(key === 'c' && term.hasSelection()) && !(key === 'v' && !e.altKey);
  }

  function opened(e, to) {
    try {
      const url = new URL(to);
      if (url.protocol === 'https:') window.open(url.href, '_blank', 'noopener,noreferrer');
    } catch { /* it was no address */ }
  }

  function build() {
    term = new Terminal({
      fontFamily: 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace', fontSize: sizes[0], scrollback: 5000, cursorBlink: false,
      theme: theme(), minimumContrastRatio: 4.5, screenReaderMode: at('reader').checked, linkHandler: { activate: opened },
    });
    fit = new FitAddon.FitAddon();
    term.loadAddon(fit);
    term.open(screen);
    term.parser.registerOscHandler(52, copied);
    term.attachCustomKeyEventHandler(pressed);
    term.onData(type);
    term.onResize((to) => send(JSON.stringify({ cols: to.cols, rows: to.rows })));
    new ResizeObserver(refit).observe(screen);
    dark.addEventListener('change', () => {
      term.options.theme = theme();
      const rgb = theme().background.slice(1).match(/../g).map((x) => x + x).join('/');
      type('\x1b]11;rgb:' + rgb + '\x1b\\'); // what the wizard asked at its beginning
    });
  }

  function heard(e) {
    if (typeof e.data !== 'string') {
      term.write(new Uint8Array(e.data));
      return;
    }
    const told = JSON.parse(e.data);
    if (told.gone) gone = true; // a word of the case may come late
    if (told.code) kept = told;
    if (gone) kept = null;
    if (told.ended !== undefined) {
      over = true;
      say(kept ? 'later' : 'ended', kept && kept.code);
    }
    if (told.refused) {
      over = true;
      say('refused', told.refused);
    }
  }

  function closed() {
    line = null;
    if (!over) say(gone ? 'ended' : kept ? 'kept' : came ? 'came' : 'broken', kept && kept.code);
    at('again').hidden = gone || (over && !kept);
    at('begin').hidden = false;
    (at('again').hidden ? at('begin') : at('again')).focus();
  }

  function connect() {
    over = false;
    at('again').hidden = at('begin').hidden = true;
    say('connecting');
    line = new WebSocket('wss://' + location.host + screen.dataset.line, screen.dataset.speaks);
    line.binaryType = 'arraybuffer';
    line.onopen = () => {
      send(JSON.stringify({ user: kept ? kept.code : user, plain, cols: term.cols, rows: term.rows }));
      say('connected');
      term.focus();
    };
    line.onmessage = heard;
    line.onclose = closed;
  }

  function begin(as) {
    user = at('code').value.trim() || as;
    came = at('code').value.trim().length > 20; // with a resume code, as far as the page can tell
    plain = at('plain').checked;
    document.body.classList.add('shown');
    at('start').hidden = true;
    screen.hidden = at('bar').hidden = false;
    build();
    refit();
    connect();
  }

  at('form').addEventListener('submit', (e) => {
    e.preventDefault();
    begin('');
  });
  at('why').addEventListener('click', () => begin('why'));
  at('again').addEventListener('click', () => {
    term.reset();
    connect();
  });
  at('begin').addEventListener('click', () => location.reload());
})();
