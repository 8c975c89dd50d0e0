package whatwg

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// ends reports a character that ends the authority.
func (p *parser) ends(c rune) bool {
	return c == eof || c == '/' || c == '?' || c == '#' || c == '\\' && p.special()
}

func (p *parser) stepAuthority(c rune) error {
	switch {
	case c == '@':
		text := p.buf.String()
		if p.at {
			text = "%40" + text
		}
		p.at = true
		p.buf.Reset()
		for _, r := range text {
			if r == ':' && !p.password {
				p.password = true
				continue
			}
			var sb strings.Builder
			encodeRune(&sb, r, userinfoSet)
			if p.password {
				p.u.Password += sb.String()
			} else {
				p.u.Username += sb.String()
			}
		}
	case p.ends(c):
		if p.at && p.buf.Len() == 0 {
			return ErrInvalid
		}
		p.p -= utf8.RuneCountInString(p.buf.String()) + 1
		p.buf.Reset()
		p.state = host
	default:
		p.buf.WriteRune(c)
	}
	return nil
}

func (p *parser) stepHost(c rune) error {
	switch {
	case p.override != none && p.u.Scheme == "file":
		p.back(fileHost)
	case c == ':' && !p.bracket:
		if p.buf.Len() == 0 || p.override == hostname {
			return ErrInvalid
		}
		if err := p.takeHost(); err != nil {
			return err
		}
		p.state = port
	case p.ends(c):
		p.p--
		if p.buf.Len() == 0 && p.special() {
			return ErrInvalid
		}
		if p.override != none && p.buf.Len() == 0 && (p.u.Username != "" || p.u.Password != "" || p.u.Port >= 0) {
			p.stop = true
			return nil
		}
		if err := p.takeHost(); err != nil {
			return err
		}
		p.state = pathStart
		p.stop = p.override != none
	default:
		if c == '[' {
			p.bracket = true
		} else if c == ']' {
			p.bracket = false
		}
		p.buf.WriteRune(c)
	}
	return nil
}

func (p *parser) takeHost() error {
	h, err := parseHost(p.buf.String(), p.special())
	if err != nil {
		return ErrInvalid
	}
	p.u.Host = &h
	p.buf.Reset()
	return nil
}

func (p *parser) stepPort(c rune) error {
	switch {
	case c != eof && isDigit(c):
		p.buf.WriteRune(c)
	case p.ends(c) || p.override != none:
		if p.buf.Len() > 0 {
			n, err := strconv.Atoi(p.buf.String())
			if err != nil || n > 65535 {
				return ErrInvalid
			}
			p.u.Port = n
			if d, ok := specials[p.u.Scheme]; ok && d == n {
				p.u.Port = -1
			}
			p.buf.Reset()
			p.stop = p.override != none
		}
		if p.override != none {
			p.stop = true
			return nil
		}
		p.back(pathStart)
	default:
		return ErrInvalid
	}
	return nil
}
