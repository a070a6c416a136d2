package sim

import (
	"strconv"
	"strings"
)

// The part of OData's $filter that Graph's directory answers: comparisons, and,
// or, not, in, startswith, endswith, any.

const (
	maxFilter = 4096 // characters
	maxNested = 24   // parentheses, nots and lambdas within one another
)

// filterNode is one node of a parsed filter.
type filterNode struct {
	op    string // and, or, not, eq, ne, ge, gt, le, lt, in, startswith, endswith, any
	path  []string
	value []any    // literals: string, bool, float64 or nil
	kinds []string // of the literals, as the table of types names kinds; "" is null
	kids  []*filterNode
	bound string // the variable of any
}

// filterParser walks the tokens of one filter.
type filterParser struct {
	tokens []string // strings keep their opening quote, so that they are told apart
	at     int
	depth  int
	bound  []string
}

// parseFilter reads a filter; the error is a bad request.
func parseFilter(s string) (*filterNode, error) {
	if len(s) > maxFilter {
		return nil, badRequest("The filter is too long.")
	}
	tokens, err := filterTokens(s)
	if err != nil {
		return nil, err
	}
	p := &filterParser{tokens: tokens}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.at != len(p.tokens) {
		return nil, p.bad()
	}
	return n, nil
}

func filterTokens(s string) ([]string, error) {
	var out []string
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t':
			i++
		case strings.IndexByte("(),:/", c) >= 0:
			out = append(out, s[i:i+1])
			i++
		case c == '\'':
			text, n, ok := quoted(s[i:])
			if !ok {
				return nil, badRequest("There is an unterminated string literal at position %d in the filter.", i)
			}
			out = append(out, "'"+text)
			i += n
		case wordByte(c):
			end := i
			for end < len(s) && (wordByte(s[end]) || timeColon(s, i, end)) {
				end++
			}
			out = append(out, s[i:end])
			i = end
		default:
			return nil, badRequest("Syntax error: character '%s' is not valid at position %d in the filter.", strconv.QuoteToASCII(string(rune(c))), i)
		}
	}
	return out, nil
}

// timeColon admits the colons of a bare timestamp such as 2026-11-20T10:00:00Z.
func timeColon(s string, start, at int) bool {
	return s[at] == ':' && s[start] >= '0' && s[start] <= '9'
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("_.-+$@", c) >= 0
}

// quoted reads a literal in single quotes; two of them inside are one.
func quoted(s string) (text string, n int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return b.String(), i + 1, true
	}
	return "", 0, false
}

func (p *filterParser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

// take takes a mark or a word; words are read in any case, as Graph does
// (NOT(…) stands in the pages of advanced queries).
func (p *filterParser) take(word string) bool {
	if strings.EqualFold(p.peek(), word) {
		p.at++
		return true
	}
	return false
}

func (p *filterParser) bad() error {
	return badRequest("Invalid filter clause: syntax error at token %d.", p.at+1)
}

func (p *filterParser) or() (*filterNode, error) { return p.chain("or", p.and) }

func (p *filterParser) and() (*filterNode, error) { return p.chain("and", p.unary) }

// chain reads operands joined by one word.
func (p *filterParser) chain(word string, operand func() (*filterNode, error)) (*filterNode, error) {
	first, err := operand()
	if err != nil {
		return nil, err
	}
	n := &filterNode{op: word, kids: []*filterNode{first}}
	for p.take(word) {
		next, err := operand()
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, next)
	}
	if len(n.kids) == 1 {
		return first, nil
	}
	return n, nil
}

func (p *filterParser) unary() (*filterNode, error) {
	if p.depth++; p.depth > maxNested {
		return nil, badRequest("The filter is nested too deeply.")
	}
	defer func() { p.depth-- }()
	if p.take("not") {
		kid, err := p.unary()
		if err != nil {
			return nil, err
		}
		return &filterNode{op: "not", kids: []*filterNode{kid}}, nil
	}
	if p.take("(") {
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		if !p.take(")") {
			return nil, p.bad()
		}
		return n, nil
	}
	return p.predicate()
}

func (p *filterParser) predicate() (*filterNode, error) {
	if p.at+1 < len(p.tokens) && p.tokens[p.at+1] == "(" {
		switch f := strings.ToLower(p.peek()); f {
		case "startswith", "endswith":
			p.at += 2
			return p.function(f)
		case "contains":
			return nil, unsupported("Unsupported Query. The function 'contains' is not supported here.")
		}
	}
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	if last := len(path) - 1; last > 0 && strings.EqualFold(path[last], "any") && p.take("(") {
		return p.lambda(path[:last])
	}
	op := strings.ToLower(p.peek())
	p.at++
	switch op {
	case "eq", "ne", "ge", "gt", "le", "lt":
		n := &filterNode{op: op, path: path}
		if err := p.literal(n); err != nil {
			return nil, err
		}
		return n, nil
	case "in":
		return p.in(path)
	}
	return nil, p.bad()
}

func (p *filterParser) function(name string) (*filterNode, error) {
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	if !p.take(",") {
		return nil, p.bad()
	}
	n := &filterNode{op: name, path: path}
	if err := p.literal(n); err != nil {
		return nil, err
	}
	if n.kinds[0] != "string" || !p.take(")") {
		return nil, p.bad()
	}
	return n, nil
}

func (p *filterParser) lambda(path []string) (*filterNode, error) {
	n := &filterNode{op: "any", path: path}
	if p.take(")") {
		return n, nil
	}
	n.bound = p.peek()
	p.at++
	if !isName(n.bound) || !p.take(":") {
		return nil, p.bad()
	}
	p.bound = append(p.bound, n.bound)
	kid, err := p.or()
	if err != nil {
		return nil, err
	}
	p.bound = p.bound[:len(p.bound)-1]
	if !p.take(")") {
		return nil, p.bad()
	}
	n.kids = []*filterNode{kid}
	return n, nil
}

func (p *filterParser) in(path []string) (*filterNode, error) {
	if !p.take("(") {
		return nil, p.bad()
	}
	n := &filterNode{op: "in", path: path}
	for {
		if err := p.literal(n); err != nil {
			return nil, err
		}
		if p.take(")") {
			return n, nil
		}
		if !p.take(",") {
			return nil, p.bad()
		}
	}
}

func (p *filterParser) path() ([]string, error) {
	var out []string
	for {
		name := p.peek()
		if !isName(name) {
			return nil, p.bad()
		}
		p.at++
		out = append(out, name)
		if !p.take("/") {
			return out, nil
		}
		if p.take("$count") {
			return append(out, "$count"), nil
		}
	}
}

func isName(s string) bool {
	return s != "" && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z')
}

// literal adds the next literal to the node.
func (p *filterParser) literal(n *filterNode) error {
	v, kind, ok := readLiteral(p.peek())
	if !ok {
		return p.bad()
	}
	p.at++
	n.value, n.kinds = append(n.value, v), append(n.kinds, kind)
	return nil
}
