package instrument

import "strconv"

// exposeAll exports the memory, every global and every table, and for each table
// the functions with which a host works on it.
func (e *editor) exposeAll() {
	if e.m.memory != nil {
		e.out.MemoryExport = e.hide("memory", KindMemory, 0)
	}
	for i := range e.m.globals {
		if !e.stopping || uint32(i) != e.credits {
			e.out.AllGlobals = append(e.out.AllGlobals, e.hide("any global "+strconv.Itoa(i), KindGlobal, uint32(i)))
		}
	}
	for i := range e.m.tables {
		e.exposeTable(uint32(i))
	}
}

func (e *editor) exposeTable(i uint32) {
	t := e.m.tables[i]
	name := "table " + strconv.Itoa(int(i))
	hide := func(what string, params, results []ValType, write func(w *writer)) string {
		var w writer
		for p := range params {
			w.at(opLocalGet, uint32(p))
		}
		write(&w)
		w.op(opEnd)
		return e.hide(name+" "+what, KindFunc, e.addFunc("table."+what, params, results, w.buf))
	}
	one := func(op opcode) func(w *writer) { return func(w *writer) { w.at(op, i) } }
	e.out.Tables = append(e.out.Tables, Table{
		Elem:     t.elem,
		Limits:   t.limits,
		Imported: int(i) < e.m.importedTables,
		Export:   e.hide(name, KindTable, i),
		Size:     hide("size", nil, []ValType{I32}, one(opTableSize)),
		Get:      hide("get", []ValType{I32}, []ValType{t.elem}, one(opTableGet)),
		Set:      hide("set", []ValType{I32, t.elem}, nil, one(opTableSet)),
		Grow:     hide("grow", []ValType{t.elem, I32}, []ValType{I32}, one(opTableGrow)),
	})
}
