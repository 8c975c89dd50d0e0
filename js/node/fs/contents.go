package fs

import (
	"math"
	"os"
	"syscall"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

// opened runs fn on a file given by path or descriptor. missing is the system
// call that fails for a descriptor that is not open.
func (m *fsModule) opened(v goja.Value, flag, perm goja.Value, unset int, missing string, fn func(h *handle)) {
	if isFD(v) {
		fn(m.file(v, missing))
		return
	}
	name := m.path("path", v)
	h, err := m.tree.open(name, m.flag(flag, unset), m.mode(perm, 0o666))
	m.check(err, "open", name, "")
	defer func() { _ = h.close() }()
	fn(h)
}

// isFD tells a descriptor from a path.
func isFD(v goja.Value) bool {
	if !goja.IsNumber(v) {
		return false
	}
	f := v.ToFloat()
	return f == math.Trunc(f) && f >= 0 && f <= math.MaxInt32
}

// readAll returns the contents of a file: (path or fd, flag, encoding).
func (m *fsModule) readAll(c goja.FunctionCall) goja.Value {
	if v := c.Argument(0); !goja.IsNumber(v) && goja.IsUndefined(c.Argument(1)) {
		name := m.path("path", v)
		b, ok, err := m.tree.readFile(name, m.limit)
		m.check(err, "open", name, "")
		if ok {
			return m.result(b, c.Argument(2))
		}
	}
	var all []byte
	m.opened(c.Argument(0), c.Argument(1), goja.Undefined(), os.O_RDONLY, "fstat", func(h *handle) { all = m.slurp(h) })
	return m.result(all, c.Argument(2))
}

// slurp reads a file from its position to its end.
func (m *fsModule) slurp(h *handle) []byte {
	info, err := h.stat()
	m.check(err, "fstat", "", "")
	if info.IsDir() {
		m.check(syscall.EISDIR, "read", "", "")
	}
	if left := info.Size() - h.pos; left > m.limit {
		nodeerr.Throw(m.vm, "RangeError", "ERR_FS_FILE_TOO_LARGE", "File size (%d) is greater than 2 GiB", left)
	}
	all := make([]byte, 0, max(0, min(info.Size()-h.pos, m.limit))+512)
	for {
		if len(all) == cap(all) {
			all = append(all, 0)[:len(all)]
		}
		n, err := h.read(all[len(all):cap(all)], -1)
		m.check(err, "read", "", "")
		if n == 0 {
			return all
		}
		if all = all[:len(all)+n]; int64(len(all)) > m.limit {
			panic(nodeerr.Plain(m.vm, "RangeError", "Array buffer allocation failed"))
		}
	}
}

// result is the contents as text if there is an encoding, else a Buffer.
func (m *fsModule) result(b []byte, encoding goja.Value) goja.Value {
	if goja.IsUndefined(encoding) || goja.IsNull(encoding) || encoding.String() == "buffer" {
		return m.bytes.Wrap(b)
	}
	return m.bytes.Text(m.bytes.EncodingOf(encoding), b)
}

// data converts what is to be written.
func (m *fsModule) data(name string, v, encoding goja.Value) []byte {
	if goja.IsString(v) {
		if goja.IsUndefined(encoding) || goja.IsNull(encoding) || encoding.String() == "buffer" {
			return []byte(v.String())
		}
		return m.bytes.EncodingOf(encoding).AppendText(nil, v)
	}
	if b, ok := m.bytes.Bytes(v); ok && m.bytes.IsView(v) {
		return b
	}
	nodeerr.ArgType(m.h, name, "of type string or an instance of Buffer, TypedArray, or DataView", v)
	return nil
}

// writeAll replaces the contents of a file: (path or fd, data, encoding, flag, mode).
func (m *fsModule) writeAll(c goja.FunctionCall) goja.Value {
	data := m.data("data", c.Argument(1), c.Argument(2))
	m.opened(c.Argument(0), c.Argument(3), c.Argument(4), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, "write", func(h *handle) {
		if len(data) > 0 {
			_, err := h.write(data, -1)
			m.check(err, "write", "", "")
		}
	})
	return goja.Undefined()
}

// open returns a new descriptor: (path, flags, mode).
func (m *fsModule) open(c goja.FunctionCall) goja.Value {
	name := m.path("path", c.Argument(0))
	h, err := m.tree.open(name, m.flag(c.Argument(1), os.O_RDONLY), m.mode(c.Argument(2), 0o666))
	m.check(err, "open", name, "")
	fd, err := m.fds.add(h)
	m.check(err, "open", name, "")
	return m.vm.ToValue(fd)
}

func (m *fsModule) close(c goja.FunctionCall) goja.Value {
	m.check(m.fds.close(m.fd(c.Argument(0))), "close", "", "")
	return goja.Undefined()
}

// read reads into a part of a view: (fd, view, offset, length, position or null).
func (m *fsModule) read(c goja.FunctionCall) goja.Value {
	h := m.file(c.Argument(0), "read")
	b, ok := m.bytes.Bytes(c.Argument(1))
	if !ok {
		nodeerr.ArgType(m.h, "buffer", "an instance of Buffer, TypedArray, or DataView", c.Argument(1))
	}
	from, n := m.part(c, len(b))
	read, err := h.read(b[from:from+n], position(c.Argument(4)))
	m.check(err, "read", "", "")
	return m.vm.ToValue(read)
}

// part checks the offset and length of read and write.
func (m *fsModule) part(c goja.FunctionCall, size int) (from, n int) {
	limit := func(name string, v goja.Value, unset, most int) int {
		if goja.IsUndefined(v) || goja.IsNull(v) {
			return unset
		}
		if !goja.IsNumber(v) {
			nodeerr.ArgType(m.h, name, "of type number", v)
		}
		f := v.ToFloat()
		if f != math.Trunc(f) {
			nodeerr.Range(m.h, name, "an integer", v)
		}
		if f < 0 {
			nodeerr.Range(m.h, name, ">= 0 && <= 9007199254740991", v)
		}
		if f > float64(most) {
			nodeerr.Range(m.h, name, "<= "+m.vm.ToValue(most).String(), v)
		}
		return int(f)
	}
	from = limit("offset", c.Argument(2), 0, size)
	return from, limit("length", c.Argument(3), size-from, size-from)
}

// position is -1 for the file's own position.
func position(v goja.Value) int64 {
	if goja.IsNumber(v) || goja.IsBigInt(v) {
		return v.ToInteger()
	}
	return -1
}

// write writes a part of a view: (fd, view, offset, length, position or null).
func (m *fsModule) write(c goja.FunctionCall) goja.Value {
	h := m.file(c.Argument(0), "write")
	b, ok := m.bytes.Bytes(c.Argument(1))
	if !ok || !m.bytes.IsView(c.Argument(1)) {
		nodeerr.ArgType(m.h, "buffer", "of type string or an instance of Buffer, TypedArray, or DataView", c.Argument(1))
	}
	from, n := m.part(c, len(b))
	written, err := h.write(b[from:from+n], position(c.Argument(4)))
	m.check(err, "write", "", "")
	return m.vm.ToValue(written)
}

// writeText writes text: (fd, text, position, encoding).
func (m *fsModule) writeText(c goja.FunctionCall) goja.Value {
	h := m.file(c.Argument(0), "write")
	written, err := h.write(m.data("buffer", c.Argument(1), c.Argument(3)), position(c.Argument(2)))
	m.check(err, "write", "", "")
	return m.vm.ToValue(written)
}

func (m *fsModule) fstat(c goja.FunctionCall) goja.Value {
	h := m.file(c.Argument(0), "fstat")
	info, err := h.stat()
	m.check(err, "fstat", "", "")
	return m.stats(info, h.path)
}

func (m *fsModule) ftruncate(c goja.FunctionCall) goja.Value {
	h := m.file(c.Argument(0), "ftruncate")
	err := error(syscall.EINVAL)
	if h.tmp != nil {
		err = h.tmp.Truncate(c.Argument(1).ToInteger())
	}
	m.check(err, "ftruncate", "", "")
	return goja.Undefined()
}
