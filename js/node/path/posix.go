// Package path is the core modules "path", "path/posix" and "path/win32".
// Guests run on Linux, so "path" is "path/posix".
package path

import (
	"strings"

	"github.com/lambent-run/lambent/js/module"
)

// parsed is the result of path.parse.
type parsed struct{ root, dir, base, ext, name string }

// flavour is one of the two sets of rules.
type flavour interface {
	normalize(path string) string
	join(parts []string) string
	resolve(parts []string) string
	isAbsolute(path string) bool
	relative(from, to string) string
	dirname(path string) string
	basename(path, suffix string) string
	extname(path string) string
	parse(path string) parsed
	toNamespaced(path string) string
}

type posix struct{}

func (posix) isAbsolute(p string) bool { return strings.HasPrefix(p, "/") }

func (posix) toNamespaced(p string) string { return p }

// segments resolves "." and ".." in a path. Leading ".." stay if the path may
// go above its start.
func segments(p string, above bool, isSep func(byte) bool, sep string) string {
	var out []string
	for start := 0; start <= len(p); {
		end := start
		for end < len(p) && !isSep(p[end]) {
			end++
		}
		switch part := p[start:end]; part {
		case "", ".":
		case "..":
			if n := len(out); n > 0 && out[n-1] != ".." {
				out = out[:n-1]
			} else if above {
				out = append(out, "..")
			}
		default:
			out = append(out, part)
		}
		start = end + 1
	}
	return strings.Join(out, sep)
}

func slash(c byte) bool { return c == '/' }

func (f posix) normalize(p string) string {
	if p == "" {
		return "."
	}
	abs := f.isAbsolute(p)
	res := segments(p, !abs, slash, "/")
	if res == "" {
		switch {
		case abs:
			return "/"
		case strings.HasSuffix(p, "/"):
			return "./"
		}
		return "."
	}
	if strings.HasSuffix(p, "/") {
		res += "/"
	}
	if abs {
		res = "/" + res
	}
	return res
}

func (f posix) join(parts []string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return f.normalize(strings.Join(kept, "/"))
}

func (f posix) resolve(parts []string) string {
	whole := ""
	for i := len(parts) - 1; i >= -1 && !f.isAbsolute(whole); i-- {
		p := module.CodeDir
		if i >= 0 {
			p = parts[i]
		}
		if p != "" {
			whole = p + "/" + whole
		}
	}
	return "/" + segments(whole, false, slash, "/")
}

func (f posix) relative(from, to string) string {
	if from == to {
		return ""
	}
	from, to = f.resolve([]string{from}), f.resolve([]string{to})
	return relativeParts(split(from, "/"), split(to, "/"), "/", func(a, b string) bool { return a == b })
}

func split(p, sep string) []string {
	p = strings.Trim(p, sep)
	if p == "" {
		return nil
	}
	return strings.Split(p, sep)
}

func relativeParts(from, to []string, sep string, same func(a, b string) bool) string {
	i := 0
	for i < len(from) && i < len(to) && same(from[i], to[i]) {
		i++
	}
	var out []string
	for range from[i:] {
		out = append(out, "..")
	}
	return strings.Join(append(out, to[i:]...), sep)
}

func (posix) dirname(p string) string {
	if p == "" {
		return "."
	}
	trimmed := strings.TrimRight(p[1:], "/")
	i := strings.LastIndexByte(trimmed, '/')
	switch {
	case i < 0 && p[0] == '/':
		return "/"
	case i < 0:
		return "."
	}
	// Only the separators right before the last part go; "//a" keeps its root.
	end := i + 1
	if p[:end] == "/" && i == 0 {
		return "//"
	}
	return p[:end]
}

func (posix) basename(p, suffix string) string { return basename(p, suffix, slash) }

// basename returns the last part of a path, without a suffix that is shorter
// than the part.
func basename(p, suffix string, isSep func(byte) bool) string {
	if suffix != "" && suffix == p {
		return ""
	}
	end := len(p)
	for end > 0 && isSep(p[end-1]) {
		end--
	}
	start := end
	for start > 0 && !isSep(p[start-1]) {
		start--
	}
	base := p[start:end]
	if suffix != "" && base != suffix {
		base = strings.TrimSuffix(base, suffix)
	}
	return base
}

// extname returns the extension of the last part: none for ".bashrc" and "..".
func extname(base string) string {
	i := strings.LastIndexByte(base, '.')
	if i <= 0 || base == ".." {
		return ""
	}
	return base[i:]
}

func (f posix) extname(p string) string { return extname(f.basename(p, "")) }

func (f posix) parse(p string) parsed {
	var r parsed
	if p == "" {
		return r
	}
	if p[0] == '/' {
		r.root = "/"
	}
	r.base = f.basename(p, "")
	r.ext = extname(r.base)
	r.name = strings.TrimSuffix(r.base, r.ext)
	trimmed := strings.TrimRight(p, "/")
	if i := strings.LastIndexByte(trimmed, '/'); i > 0 {
		r.dir = trimmed[:i]
	} else if r.root != "" {
		r.dir = "/"
	}
	return r
}
