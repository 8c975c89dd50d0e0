package whatwg

import "strings"

func (p *parser) stepFile(c rune) error {
	slash := c == '/' || c == '\\'
	empty := ""
	switch p.state {
	case file:
		p.u.Scheme = "file"
		p.u.Host = &empty
		switch {
		case slash:
			p.state = fileSlash
		case p.base != nil && p.base.Scheme == "file":
			p.u.Host, p.u.Path, p.u.Query = p.base.Host, append([]string(nil), p.base.Path...), p.base.Query
			if c == '?' || c == '#' {
				p.startQuery(c)
			} else if c != eof {
				p.u.Query = nil
				if startsWithDrive(p.in[p.p:]) {
					p.u.Path = nil
				} else {
					p.u.shorten()
				}
				p.back(path)
			}
		default:
			p.back(path)
		}
	case fileSlash:
		if slash {
			p.state = fileHost
			return nil
		}
		if p.base != nil && p.base.Scheme == "file" {
			p.u.Host = p.base.Host
			if !startsWithDrive(p.in[min(max(p.p, 0), len(p.in)):]) && len(p.base.Path) > 0 && normalizedDrive(p.base.Path[0]) {
				p.u.Path = append(p.u.Path, p.base.Path[0])
			}
		}
		p.back(path)
	case fileHost:
		if c != eof && !slash && c != '?' && c != '#' {
			p.buf.WriteRune(c)
			return nil
		}
		p.p--
		switch text := p.buf.String(); {
		case p.override == none && driveLetter(text):
			p.state = path // the buffer stays: it is the first part of the path
		case text == "":
			p.u.Host = &empty
			p.stop = p.override != none
			p.state = pathStart
		default:
			h, err := parseHost(text, p.special())
			if err != nil {
				return ErrInvalid
			}
			if h == "localhost" {
				h = ""
			}
			p.u.Host = &h
			p.stop = p.override != none
			p.buf.Reset()
			p.state = pathStart
		}
	}
	return nil
}

func (p *parser) stepPath(c rune) error {
	slash := c == '/' || c == '\\' && p.special()
	if p.state == pathStart {
		switch {
		case p.special():
			p.state = path
			if !slash {
				p.p--
			}
		case p.override == none && (c == '?' || c == '#'):
			p.startQuery(c)
		case c != eof:
			p.state = path
			if c != '/' {
				p.p--
			}
		case p.override != none && p.u.Host == nil:
			p.u.Path = append(p.u.Path, "")
		}
		return nil
	}
	if c != eof && !slash && (p.override != none || c != '?' && c != '#') {
		encodeRune(&p.buf, c, pathSet)
		return nil
	}
	part := p.buf.String()
	switch {
	case doubleDot(part):
		p.u.shorten()
		if !slash {
			p.u.Path = append(p.u.Path, "")
		}
	case singleDot(part):
		if !slash {
			p.u.Path = append(p.u.Path, "")
		}
	default:
		if p.u.Scheme == "file" && len(p.u.Path) == 0 && driveLetter(part) {
			part = part[:1] + ":"
		}
		p.u.Path = append(p.u.Path, part)
	}
	p.buf.Reset()
	if p.override == none {
		p.startQuery(c)
	}
	return nil
}

func singleDot(s string) bool { return s == "." || strings.EqualFold(s, "%2e") }

func doubleDot(s string) bool {
	switch strings.ToLower(s) {
	case "..", ".%2e", "%2e.", "%2e%2e":
		return true
	}
	return false
}

func (p *parser) stepOpaque(c rune) {
	if c == '?' || c == '#' {
		p.u.Path[0] += p.buf.String()
		p.startQuery(c)
		return
	}
	if c == eof {
		p.u.Path[0] += p.buf.String()
		p.buf.Reset()
		return
	}
	encodeRune(&p.buf, c, c0Set)
}

func (p *parser) stepQuery(c rune) {
	if c == eof || p.override == none && c == '#' {
		q := *p.u.Query + p.buf.String()
		p.u.Query = &q
		p.startQuery(c)
		return
	}
	s := querySet
	if p.special() {
		s = specialSet
	}
	encodeRune(&p.buf, c, s)
}

func (p *parser) stepFragment(c rune) {
	if c == eof {
		f := *p.u.Fragment + p.buf.String()
		p.u.Fragment = &f
		p.buf.Reset()
		return
	}
	encodeRune(&p.buf, c, fragmentSet)
}
