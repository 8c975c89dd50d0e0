// Package whatwg parses, changes and serializes URLs as the URL Standard
// (https://url.spec.whatwg.org) tells browsers and Node to.
//
// url.go has the record and its serialization, parse.go the basic URL parser,
// host.go the hosts, encode.go the percent-encode sets, set.go the setters.
package whatwg

import (
	"strconv"
	"strings"
)

// URL is a URL record.
type URL struct {
	Scheme             string
	Username, Password string  // percent-encoded
	Host               *string // serialized; nil: none
	Port               int     // -1: none or the scheme's default
	Path               []string
	Opaque             bool // Path has one member, which is not split
	Query, Fragment    *string
}

// specials are the special schemes with their default ports, -1 for none.
var specials = map[string]int{"ftp": 21, "file": -1, "http": 80, "https": 443, "ws": 80, "wss": 443}

// Special reports whether the scheme is one of those that have a host.
func (u *URL) Special() bool { _, ok := specials[u.Scheme]; return ok }

// Href serializes the URL.
func (u *URL) Href() string { return u.href(true) }

func (u *URL) href(fragment bool) string {
	var sb strings.Builder
	sb.WriteString(u.Scheme)
	sb.WriteByte(':')
	if u.Host != nil {
		sb.WriteString("//")
		if u.Username != "" || u.Password != "" {
			sb.WriteString(u.Username)
			if u.Password != "" {
				sb.WriteString(":" + u.Password)
			}
			sb.WriteByte('@')
		}
		sb.WriteString(u.HostPort())
	} else if !u.Opaque && len(u.Path) > 1 && u.Path[0] == "" {
		sb.WriteString("/.")
	}
	sb.WriteString(u.Pathname())
	if u.Query != nil {
		sb.WriteString("?" + *u.Query)
	}
	if fragment && u.Fragment != nil {
		sb.WriteString("#" + *u.Fragment)
	}
	return sb.String()
}

// HostPort is the member host.
func (u *URL) HostPort() string {
	if u.Host == nil {
		return ""
	}
	if u.Port < 0 {
		return *u.Host
	}
	return *u.Host + ":" + strconv.Itoa(u.Port)
}

// Hostname is the member hostname.
func (u *URL) Hostname() string {
	if u.Host == nil {
		return ""
	}
	return *u.Host
}

// PortText is the member port.
func (u *URL) PortText() string {
	if u.Port < 0 {
		return ""
	}
	return strconv.Itoa(u.Port)
}

// Pathname is the member pathname.
func (u *URL) Pathname() string {
	if u.Opaque {
		return u.Path[0]
	}
	if len(u.Path) == 0 {
		return ""
	}
	return "/" + strings.Join(u.Path, "/")
}

// Search is the member search: the query with its question mark.
func (u *URL) Search() string {
	if u.Query == nil || *u.Query == "" {
		return ""
	}
	return "?" + *u.Query
}

// Hash is the member hash: the fragment with its number sign.
func (u *URL) Hash() string {
	if u.Fragment == nil || *u.Fragment == "" {
		return ""
	}
	return "#" + *u.Fragment
}

// Origin is the member origin: "null" if the URL has an opaque one.
func (u *URL) Origin() string {
	switch u.Scheme {
	case "ftp", "http", "https", "ws", "wss":
		return u.Scheme + "://" + u.HostPort()
	case "blob":
		if inner, err := Parse(u.Pathname(), nil); err == nil && (inner.Scheme == "http" || inner.Scheme == "https") {
			return inner.Origin()
		}
	}
	return "null"
}

func (u *URL) clone() *URL {
	c := *u
	c.Path = append([]string(nil), u.Path...)
	return &c
}

func (u *URL) cannotHaveCredentials() bool {
	return u.Host == nil || *u.Host == "" || u.Scheme == "file"
}

// shorten removes the last part of the path, but not the drive of a file URL.
func (u *URL) shorten() {
	if u.Scheme == "file" && len(u.Path) == 1 && normalizedDrive(u.Path[0]) {
		return
	}
	if len(u.Path) > 0 {
		u.Path = u.Path[:len(u.Path)-1]
	}
}

func isAlpha(c rune) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c rune) bool { return c >= '0' && c <= '9' }

// driveLetter reports a Windows drive letter, "C:" or "C|".
func driveLetter(s string) bool {
	return len(s) == 2 && isAlpha(rune(s[0])) && (s[1] == ':' || s[1] == '|')
}

func normalizedDrive(s string) bool { return driveLetter(s) && s[1] == ':' }

// startsWithDrive reports that a pointer stands at a drive letter that a
// slash, a query, a fragment or the end follows.
func startsWithDrive(s []rune) bool {
	return len(s) >= 2 && isAlpha(s[0]) && (s[1] == ':' || s[1] == '|') &&
		(len(s) == 2 || strings.ContainsRune(`/\?#`, s[2]))
}
