package codec

// transcode writes the value at d.text[i] as JSON.stringify would write what
// JSON.parse makes of it, without making it. Events come with white space, or
// with numbers and escapes written otherwise than V8 writes them, depending on
// who sends them; values that a guest only passes on need not be made for that.
// next is the first node from i on. It returns where the value ends and the
// first node behind it. No guest code may be reachable: see encoder.isPure.
func (e *encoder) transcode(d *document, i int, next uint32) (int, uint32) {
	switch d.text[i] {
	case '{', '[':
		n := &d.nodes[next]
		end, behind := int(n.end), n.next
		switch {
		case n.flags&canonical != 0:
			e.dst = append(e.dst, d.text[n.start:n.end]...)
			e.checkLength()
		case n.flags&isArray != 0:
			e.transcodeArray(d, next)
		case n.flags&regular != 0:
			e.transcodeObject(d, next)
		default: // the order of the members may have to change
			e.value(d.record(next), named(""), nil)
		}
		return end, behind
	case '"':
		end := plainRun(d.text, i+1)
		if d.text[end] == '"' {
			e.dst = append(e.dst, d.text[i:end+1]...)
		} else {
			end = e.transcodeString(d, i+1) - 1
		}
		e.checkLength()
		return end + 1, next
	case 't', 'f', 'n':
		end := i + len("true")
		if d.text[i] == 'f' {
			end++
		}
		e.dst = append(e.dst, d.text[i:end]...)
		return end, next
	}
	if _, end, ok := parseInt(d.text, i); ok {
		e.dst = append(e.dst, d.text[i:end]...)
		return end, next
	}
	f, end := parseFloat(d.text, i)
	e.number(f)
	return end, next
}

// transcodeString writes the string with escapes that begins at i, and returns
// where it ends.
func (e *encoder) transcodeString(d *document, i int) int {
	var few [256]byte
	if text, end, ok := unescapeASCII(few[:0], d.text, i); ok {
		e.dst = appendASCII(e.dst, view(text))
		return end
	}
	u, end := unescape(nil, d.text, i)
	e.dst = appendQuotedUnits(e.dst, u)
	return end
}

func (e *encoder) transcodeArray(d *document, at uint32) {
	n := &d.nodes[at]
	e.deeper()
	e.dst = append(e.dst, '[')
	i, child := int(n.start)+1, at+1
	for k := range n.size {
		if k > 0 {
			e.dst = append(e.dst, ',')
		}
		i, child = e.transcode(d, d.space(i), child)
		i = d.space(i) + 1
	}
	e.dst = append(e.dst, ']')
	e.c.depth--
}

func (e *encoder) transcodeObject(d *document, at uint32) {
	n := &d.nodes[at]
	e.deeper()
	e.dst = append(e.dst, '{')
	i, child := int(n.start)+1, at+1
	for k := range n.size {
		if k > 0 {
			e.dst = append(e.dst, ',')
		}
		i = d.space(i)
		end := plainRun(d.text, i+1) + 1 // a regular key has no escapes
		e.dst = append(e.dst, d.text[i:end]...)
		e.dst = append(e.dst, ':')
		i, child = e.transcode(d, d.space(d.space(end)+1), child)
		i = d.space(i) + 1
	}
	e.dst = append(e.dst, '}')
	e.c.depth--
}

// deeper counts one level more.
func (e *encoder) deeper() {
	if e.c.depth >= maxDepth {
		throw(e.c.vm, "RangeError", msgStack)
	}
	e.c.depth++
}
