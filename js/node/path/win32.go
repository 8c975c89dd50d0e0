package path

import "strings"

type win32 struct{}

func backslash(c byte) bool { return c == '/' || c == '\\' }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// root splits a Windows path: device is "C:" or `\\server\share`, lead the
// length of the device and of the separators after it, abs whether the path is
// absolute.
func (win32) root(p string) (device string, lead int, abs bool) {
	switch {
	case p == "":
	case backslash(p[0]):
		if dev, n := unc(p); n > 0 {
			return dev, n, true
		}
		return "", 1, true
	case len(p) > 1 && letter(p[0]) && p[1] == ':':
		if len(p) > 2 && backslash(p[2]) {
			return p[:2], 3, true
		}
		return p[:2], 2, false
	}
	return "", 0, false
}

// unc recognises \\server\share and returns it with the length it takes,
// including one separator behind it.
func unc(p string) (device string, n int) {
	if len(p) < 2 || !backslash(p[1]) {
		return "", 0
	}
	part := func(from int) int {
		for from < len(p) && !backslash(p[from]) {
			from++
		}
		return from
	}
	skip := func(from int) int {
		for from < len(p) && backslash(p[from]) {
			from++
		}
		return from
	}
	end := part(2)
	if end == 2 || end == len(p) {
		return "", 0
	}
	server := p[2:end]
	start := skip(end)
	end = part(start)
	if start == end {
		return "", 0
	}
	n = end
	if end < len(p) {
		n++
	}
	return `\\` + server + `\` + p[start:end], n
}

func (f win32) isAbsolute(p string) bool {
	return p != "" && (backslash(p[0]) || len(p) > 2 && letter(p[0]) && p[1] == ':' && backslash(p[2]))
}

func (f win32) normalize(p string) string {
	if p == "" {
		return "."
	}
	if len(p) == 1 {
		if p == "/" {
			return `\`
		}
		return p
	}
	device, lead, abs := f.root(p)
	if strings.HasPrefix(device, `\\`) && lead >= len(p) && !backslash(p[len(p)-1]) {
		return device + `\`
	}
	tail := segments(p[lead:], !abs, backslash, `\`)
	if tail == "" && !abs {
		tail = "."
	}
	if tail != "" && backslash(p[len(p)-1]) && lead < len(p) {
		tail += `\`
	}
	if abs {
		return device + `\` + tail
	}
	return device + tail
}

func (f win32) join(parts []string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return "."
	}
	joined := strings.Join(kept, `\`)
	// Only a first part that is itself a UNC root may make the whole one.
	first := kept[0]
	lead := 0
	for lead < len(joined) && backslash(joined[lead]) {
		lead++
	}
	own := 0
	for own < len(first) && backslash(first[own]) {
		own++
	}
	if lead > 1 && !(own == 2 && len(first) > 2) {
		joined = `\` + joined[lead:]
	}
	return f.normalize(joined)
}

func (f win32) resolve(parts []string) string {
	device, tail := "", ""
	abs := false
	for i := len(parts) - 1; i >= -1; i-- {
		p := `\var\task`
		if i >= 0 {
			p = parts[i]
		}
		if p == "" {
			continue
		}
		dev, lead, rooted := f.root(p)
		if dev != "" {
			if device != "" && !strings.EqualFold(dev, device) {
				continue
			}
			if device == "" {
				device = dev
			}
		}
		if abs {
			if device != "" {
				break
			}
			continue
		}
		tail = p[lead:] + `\` + tail
		abs = rooted
		if abs && device != "" {
			break
		}
	}
	tail = segments(tail, !abs, backslash, `\`)
	if abs {
		return device + `\` + tail
	}
	if device+tail == "" {
		return "."
	}
	return device + tail
}

func (f win32) relative(from, to string) string {
	if from == to {
		return ""
	}
	from, to = f.resolve([]string{from}), f.resolve([]string{to})
	if strings.EqualFold(from, to) {
		return ""
	}
	a, b := split(from, `\`), split(to, `\`)
	if len(a) > 0 && len(b) > 0 && !strings.EqualFold(a[0], b[0]) &&
		(strings.HasSuffix(a[0], ":") || strings.HasPrefix(from, `\\`) || strings.HasPrefix(to, `\\`)) {
		return to
	}
	return relativeParts(a, b, `\`, strings.EqualFold)
}

func (f win32) dirname(p string) string {
	if p == "" {
		return "."
	}
	_, lead, _ := f.root(p)
	end := len(p)
	for end > lead && backslash(p[end-1]) {
		end--
	}
	for end > lead && !backslash(p[end-1]) {
		end--
	}
	if end <= lead {
		if lead > 0 {
			return p[:lead]
		}
		return "."
	}
	return p[:end-1]
}

func (f win32) basename(p, suffix string) string {
	if len(p) > 1 && letter(p[0]) && p[1] == ':' {
		p = p[2:]
	}
	return basename(p, suffix, backslash)
}

func (f win32) extname(p string) string { return extname(f.basename(p, "")) }

func (f win32) parse(p string) parsed {
	var r parsed
	if p == "" {
		return r
	}
	_, lead, _ := f.root(p)
	r.root = p[:lead]
	r.base = basename(p[lead:], "", backslash)
	r.ext = extname(r.base)
	r.name = strings.TrimSuffix(r.base, r.ext)
	trimmed := strings.TrimRight(p[lead:], `/\`)
	if i := strings.LastIndexAny(trimmed, `/\`); i > 0 {
		r.dir = p[:lead+i]
	} else {
		r.dir = r.root
	}
	return r
}

func (f win32) toNamespaced(p string) string {
	if p == "" {
		return p
	}
	full := f.resolve([]string{p})
	switch {
	case len(full) <= 2:
		return p
	case strings.HasPrefix(full, `\\`):
		if full[2] != '?' && full[2] != '.' {
			return `\\?\UNC\` + full[2:]
		}
		return full
	case letter(full[0]) && full[1] == ':' && full[2] == '\\':
		return `\\?\` + full
	}
	return p
}
