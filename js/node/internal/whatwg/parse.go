package whatwg

import (
	"errors"
	"strings"
)

// ErrInvalid reports a text that is no valid URL.
var ErrInvalid = errors.New("whatwg: invalid URL")

// state is a state of the basic URL parser.
type state int

const (
	none state = iota
	schemeStart
	scheme
	noScheme
	specialRelativeOrAuthority
	pathOrAuthority
	relative
	relativeSlash
	specialAuthoritySlashes
	specialAuthorityIgnoreSlashes
	authority
	host
	hostname
	port
	file
	fileSlash
	fileHost
	pathStart
	path
	opaquePath
	query
	fragment
)

const eof = rune(-1)

// parser is one run of the basic URL parser.
type parser struct {
	u        *URL
	base     *URL
	in       []rune
	p        int
	state    state
	override state
	buf      strings.Builder
	at       bool // an @ was seen
	bracket  bool
	password bool
	stop     bool // an override ends the run
}

// Parse parses a URL, relative to base if that is not nil.
func Parse(input string, base *URL) (*URL, error) {
	input = strings.TrimFunc(input, func(r rune) bool { return r <= 0x20 })
	u := &URL{Port: -1}
	if err := run(input, base, u, none); err != nil {
		return nil, err
	}
	return u, nil
}

var stripper = strings.NewReplacer("\t", "", "\n", "", "\r", "")

// run parses input into u, from the state override if that is not none.
func run(input string, base, u *URL, override state) error {
	p := &parser{u: u, base: base, in: []rune(stripper.Replace(input)), state: schemeStart, override: override}
	if override != none {
		p.state = override
	}
	for ; ; p.p++ {
		if err := p.step(p.char(0)); err != nil {
			return err
		}
		if p.stop || p.p >= len(p.in) {
			return nil
		}
	}
}

func (p *parser) char(ahead int) rune {
	if i := p.p + ahead; i >= 0 && i < len(p.in) {
		return p.in[i]
	}
	return eof
}

func (p *parser) rest() []rune {
	if p.p+1 >= len(p.in) {
		return nil
	}
	return p.in[p.p+1:]
}

func (p *parser) special() bool { return p.u.Special() }

// back makes the next step see the same character in another state.
func (p *parser) back(s state) {
	p.state = s
	p.p--
}

func (p *parser) startQuery(c rune) bool {
	empty := ""
	switch c {
	case '?':
		p.u.Query = &empty
		p.state = query
	case '#':
		p.u.Fragment = &empty
		p.state = fragment
	default:
		return false
	}
	p.buf.Reset()
	return true
}

func (p *parser) step(c rune) error {
	switch p.state {
	case schemeStart, scheme, noScheme:
		return p.stepScheme(c)
	case specialRelativeOrAuthority, pathOrAuthority, relative, relativeSlash, specialAuthoritySlashes, specialAuthorityIgnoreSlashes:
		return p.stepRelative(c)
	case authority:
		return p.stepAuthority(c)
	case host, hostname:
		return p.stepHost(c)
	case port:
		return p.stepPort(c)
	case file, fileSlash, fileHost:
		return p.stepFile(c)
	case pathStart, path:
		return p.stepPath(c)
	case opaquePath:
		p.stepOpaque(c)
	case query:
		p.stepQuery(c)
	case fragment:
		p.stepFragment(c)
	}
	return nil
}

func (p *parser) stepScheme(c rune) error {
	switch p.state {
	case schemeStart:
		if c != eof && isAlpha(c) {
			p.buf.WriteRune(c | 0x20)
			p.state = scheme
			return nil
		}
		if p.override != none {
			return ErrInvalid
		}
		p.back(noScheme)
	case scheme:
		switch {
		case c != eof && (isAlpha(c) || isDigit(c) || c == '+' || c == '-' || c == '.'):
			if isAlpha(c) {
				c |= 0x20
			}
			p.buf.WriteRune(c)
		case c == ':':
			return p.schemeDone()
		case p.override == none:
			p.buf.Reset()
			p.state = noScheme
			p.p = -1
		default:
			return ErrInvalid
		}
	case noScheme:
		switch {
		case p.base == nil || p.base.Opaque && c != '#':
			return ErrInvalid
		case p.base.Opaque:
			p.u.Scheme, p.u.Path, p.u.Opaque, p.u.Query = p.base.Scheme, append([]string(nil), p.base.Path...), true, p.base.Query
			empty := ""
			p.u.Fragment = &empty
			p.state = fragment
		case p.base.Scheme != "file":
			p.back(relative)
		default:
			p.back(file)
		}
	}
	return nil
}

func (p *parser) schemeDone() error {
	name := p.buf.String()
	if p.override != none {
		_, now := specials[name]
		if p.special() != now || (p.u.Username != "" || p.u.Password != "" || p.u.Port >= 0) && name == "file" ||
			p.u.Scheme == "file" && p.u.Hostname() == "" {
			p.stop = true
			return nil
		}
		p.u.Scheme = name
		if d, ok := specials[name]; ok && d == p.u.Port {
			p.u.Port = -1
		}
		p.stop = true
		return nil
	}
	p.u.Scheme = name
	p.buf.Reset()
	switch {
	case name == "file":
		p.state = file
	case p.special() && p.base != nil && p.base.Scheme == name:
		p.state = specialRelativeOrAuthority
	case p.special():
		p.state = specialAuthoritySlashes
	case p.char(1) == '/':
		p.state = pathOrAuthority
		p.p++
	default:
		p.u.Path, p.u.Opaque = []string{""}, true
		p.state = opaquePath
	}
	return nil
}

func (p *parser) inherit(withPath bool) {
	b := p.base
	p.u.Username, p.u.Password, p.u.Host, p.u.Port = b.Username, b.Password, b.Host, b.Port
	if withPath {
		p.u.Path, p.u.Query = append([]string(nil), b.Path...), b.Query
	}
}

func (p *parser) stepRelative(c rune) error {
	slash := c == '/' || c == '\\' && p.special()
	switch p.state {
	case specialRelativeOrAuthority:
		if c == '/' && p.char(1) == '/' {
			p.state = specialAuthorityIgnoreSlashes
			p.p++
		} else {
			p.back(relative)
		}
	case pathOrAuthority:
		if c == '/' {
			p.state = authority
		} else {
			p.back(path)
		}
	case relative:
		p.u.Scheme = p.base.Scheme
		switch {
		case c == '/':
			p.state = relativeSlash
		case c == '\\' && p.special():
			p.state = relativeSlash
		default:
			p.inherit(true)
			if c == '?' || c == '#' {
				p.startQuery(c)
			} else if c != eof {
				p.u.Query = nil
				p.u.shorten()
				p.back(path)
			}
		}
	case relativeSlash:
		switch {
		case p.special() && slash:
			p.state = specialAuthorityIgnoreSlashes
		case c == '/':
			p.state = authority
		default:
			p.inherit(false)
			p.back(path)
		}
	case specialAuthoritySlashes:
		if c == '/' && p.char(1) == '/' {
			p.state = specialAuthorityIgnoreSlashes
			p.p++
		} else {
			p.back(specialAuthorityIgnoreSlashes)
		}
	case specialAuthorityIgnoreSlashes:
		if c != '/' && c != '\\' {
			p.back(authority)
		}
	}
	return nil
}
