package instrument

// shifted is where a function of the author's is once the check is imported.
func (e *editor) shifted(index uint32) uint32 {
	if e.stopping && index >= e.check {
		return index + 1
	}
	return index
}

// shiftFuncs moves functions up by one everywhere but in code.
func (e *editor) shiftFuncs() {
	m := e.m
	for i := range m.exports {
		if m.exports[i].Kind == KindFunc {
			m.exports[i].Index = e.shifted(m.exports[i].Index)
		}
	}
	if m.start >= 0 {
		m.start = int(e.shifted(uint32(m.start)))
	}
	for i := range m.globals {
		m.globals[i].init = e.shiftConstant(m.globals[i].init)
	}
	for i := range m.elems {
		s := &m.elems[i]
		for j, f := range s.funcs {
			s.funcs[j] = e.shifted(f)
		}
		for j, expr := range s.exprs {
			s.exprs[j] = e.shiftConstant(expr)
		}
	}
}

// shiftConstant moves the functions in a constant expression.
func (e *editor) shiftConstant(expr []byte) []byte {
	r := &reader{data: expr, end: len(expr)}
	var w writer
	var in instr
	for r.left() > 0 {
		r.instr(&in)
		if in.shape == funcIndex {
			in.a = e.shifted(in.a)
		}
		w.instr(&in)
	}
	return w.buf
}
