package instrument

// writer builds the binary format, in the shortest encoding of every number.
type writer struct{ buf []byte }

func (w *writer) byte(b ...byte) { w.buf = append(w.buf, b...) }

func (w *writer) u32(v uint32) {
	for v >= 0x80 {
		w.buf = append(w.buf, byte(v)|0x80)
		v >>= 7
	}
	w.buf = append(w.buf, byte(v))
}

func (w *writer) signed(v int64) {
	for {
		b := byte(v & 0x7f)
		v >>= 7
		if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			w.buf = append(w.buf, b)
			return
		}
		w.buf = append(w.buf, b|0x80)
	}
}

// bytes writes a vector of bytes with its length.
func (w *writer) bytes(b []byte) {
	w.u32(uint32(len(b)))
	w.buf = append(w.buf, b...)
}

func (w *writer) name(s string) {
	w.u32(uint32(len(s)))
	w.buf = append(w.buf, s...)
}

func (w *writer) valTypes(types []ValType) {
	w.u32(uint32(len(types)))
	for _, t := range types {
		w.buf = append(w.buf, byte(t))
	}
}

func (w *writer) limits(l Limits) {
	if l.HasMax {
		w.byte(1)
		w.u32(l.Min)
		w.u32(l.Max)
		return
	}
	w.byte(0)
	w.u32(l.Min)
}
