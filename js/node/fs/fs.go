// Package fs is Node's fs module and fs/promises. A guest sees its deployment
// package at /var/task and the mounts, read-only, a writable /tmp, and a handful
// of devices; nothing of the host. Operations run on the owner goroutine, since
// none of them waits for long; those with a callback or a promise deliver their
// result in a later turn of the loop, as Node does.
package fs

import (
	_ "embed"
	"io/fs"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/buffer"
	"github.com/lambent-run/lambent/js/node/fs/scratch"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed fs.js
var source string

//go:embed stats.js
var statsSource string

//go:embed promises.js
var promisesSource string

//go:embed streams.js
var streamsSource string

var (
	script     = module.NewScript("node:fs", bridge.Params, source)
	statistics = module.NewScript("node:internal/fs/utils", bridge.Params, statsSource)
	promises   = module.NewScript("node:internal/fs/promises", bridge.Params, promisesSource)
	streams    = module.NewScript("node:internal/fs/streams", bridge.Params, streamsSource)
)

// fsModule is the fs module of one isolate.
type fsModule struct {
	h     module.Host
	vm    *goja.Runtime
	bytes *buffer.API
	tree  *tree
	fds   *table
	limit int64 // the largest file that can be read whole
}

// Load makes the exports of fs.
func Load(h module.Host) *goja.Object {
	sys := h.System()
	m := &fsModule{h: h, vm: h.VM(), bytes: buffer.Of(h), tree: newTree(sys), fds: newTable(sys), limit: 2 << 30}
	if sys.MemoryLimit > 0 {
		m.limit = min(m.limit, sys.MemoryLimit)
	}
	return bridge.Load(h, script, m.natives())
}

// LoadStats makes the exports of internal/fs/stats: Stats, Dirent and Dir.
func LoadStats(h module.Host) *goja.Object {
	n := bridge.NewNatives(h.VM())
	n.Func("later", (&fsModule{h: h, vm: h.VM()}).later)
	return bridge.Load(h, statistics, n.Object())
}

// LoadPromises makes the exports of fs/promises.
func LoadPromises(h module.Host) *goja.Object { return bridge.Load(h, promises, nil) }

// LoadStreams makes the exports of internal/fs/streams: ReadStream and
// WriteStream.
func LoadStreams(h module.Host) *goja.Object { return bridge.Load(h, streams, nil) }

// natives are the functions that the scripts use, named as the system calls.
func (m *fsModule) natives() *goja.Object {
	n := bridge.NewNatives(m.vm)
	for name, fn := range map[string]bridge.Func{
		"stat": m.statCall("stat", true), "lstat": m.statCall("lstat", false), "fstat": m.fstat,
		"exists": m.exists, "access": m.access, "readdir": m.readdir, "readlink": m.readlink, "realpath": m.realpath,
		"mkdir": m.mkdir, "mkdtemp": m.mkdtemp, "rename": m.rename, "symlink": m.symlink, "link": m.link, "copyFile": m.copyFile,
		"unlink": m.change("unlink", false, m.unlink), "rmdir": m.change("rmdir", false, m.rmdir),
		"chmod": m.change("chmod", true, m.chmod), "utimes": m.change("utime", true, m.utimes),
		"chown": m.change("chown", true, func(string, goja.FunctionCall) error { return nil }), "truncate": m.truncate,
		"open": m.open, "close": m.close, "read": m.read, "write": m.write, "writeText": m.writeText, "ftruncate": m.ftruncate,
		"readAll": m.readAll, "writeAll": m.writeAll,
		"path": func(c goja.FunctionCall) goja.Value {
			return m.vm.ToValue(m.path(c.Argument(1).String(), c.Argument(0)))
		},
		"fd": func(c goja.FunctionCall) goja.Value { return m.vm.ToValue(m.fd(c.Argument(0))) },
		"failure": func(c goja.FunctionCall) goja.Value {
			return m.failure(errnoNamed(c.Argument(0).String()), c.Argument(1).String(), c.Argument(2).String(), "")
		},
		"later": m.later,
	} {
		n.Func(name, fn)
	}
	return n.Object()
}

// later calls a function as finished I/O is called, in the loop's next turn.
func (m *fsModule) later(c goja.FunctionCall) goja.Value {
	fn, ok := goja.AssertFunction(c.Argument(0))
	if !ok {
		panic(m.vm.NewTypeError("not a function"))
	}
	m.h.Loop().Pending()(func() error {
		_, err := fn(goja.Undefined())
		return err
	})
	return goja.Undefined()
}

// errnoNamed is the error with a name of texts.
func errnoNamed(name string) error {
	for errno, text := range texts {
		if text[0] == name {
			return errno
		}
	}
	return fs.ErrInvalid
}

// scratchInfo returns what only the files of /tmp have.
func scratchInfo(info fs.FileInfo) (*scratch.Info, bool) {
	s, ok := info.Sys().(*scratch.Info)
	return s, ok
}
