// Package module is the contract between an isolate and its built-in modules
// (js/node/...): what a module may use of the isolate, and how it is loaded.
// It is a leaf: it imports goja and nothing of ours, so that every module can
// be written, tested and read alone.
//
// Everything here belongs to the isolate's owner goroutine unless a comment
// says otherwise.
package module

import (
	"io/fs"
	"net/http"
	"time"

	"github.com/dop251/goja"
)

// Loader makes a module's exports for one isolate. It runs at the first
// require of the module, and its result is cached, so a module costs an
// isolate nothing until a handler asks for it.
type Loader func(h Host) *goja.Object

// Host is the isolate as a built-in module sees it.
type Host interface {
	// VM is the isolate's JavaScript runtime.
	VM() *goja.Runtime
	// Require returns the exports of another built-in module, "util" or
	// "stream/promises". It panics with a JavaScript Error that has the code
	// MODULE_NOT_FOUND if there is none.
	Require(name string) *goja.Object
	// Loop is the isolate's event loop.
	Loop() Loop
	// System is all that the isolate may touch of the world outside.
	System() *System
	// JSON is the isolate's codec.
	JSON() Codec
}

// Codec turns JSON bytes into JavaScript values and back, with the semantics
// of JSON.parse and JSON.stringify.
type Codec interface {
	// Decode returns the value of one JSON text. Malformed text is an error
	// that is a *goja.Exception holding a SyntaxError worded as V8 words it.
	Decode(text []byte) (goja.Value, error)
	// AppendEncode appends the JSON text of v to dst. ok is false where
	// JSON.stringify would return undefined. A throwing toJSON or getter, a
	// cycle and a BigInt are errors (*goja.Exception).
	AppendEncode(dst []byte, v goja.Value) (out []byte, ok bool, err error)
}

// Loop is the isolate's event loop. It runs only while an invocation or the
// init phase runs; in between it is frozen and time goes on without it.
type Loop interface {
	// Pending marks work begun off the loop (I/O on another goroutine). The
	// loop is not empty until done is called: exactly once, from any goroutine.
	// fn, which may be nil, then runs on the owner goroutine as a macrotask of
	// its own; an error it returns is an uncaught exception.
	Pending() (done func(fn func() error))
	// NextTick queues fn on the process.nextTick queue.
	NextTick(fn func() error)
	// SetTimer calls fn after d, every d if repeat is set. d below 1 ms counts
	// as 1 ms, as in Node.
	SetTimer(d time.Duration, repeat bool, fn func() error) Timer
	// SetImmediate queues fn for the check phase.
	SetImmediate(fn func() error) Handle
}

// Handle is a thing that keeps the loop from being empty.
type Handle interface {
	// Stop ends it. Stopping twice is harmless.
	Stop()
	// Ref and Unref say whether it keeps the loop alive. A new one does.
	Ref()
	Unref()
	// HasRef reports whether it is active and keeps the loop alive.
	HasRef() bool
}

// Timer is a running timer.
type Timer interface {
	Handle
	// Refresh starts the timer's time again, also after it has fired.
	Refresh()
}

// System is what an isolate may touch of the outside. What is not here, a
// guest cannot reach.
type System struct {
	// Env is the initial content of process.env: the function's own variables
	// and those that Lambda sets, nothing of the host. Modules read it and
	// never change it: the guest's process.env is a copy.
	Env map[string]string
	// Code is the deployment package, read-only, seen by the guest as CodeDir.
	Code fs.FS
	// Mounts are further read-only trees by their absolute guest path, such as
	// "/opt" for layers. It may be nil.
	Mounts map[string]fs.FS
	// Tmp is the environment's /tmp.
	Tmp Scratch
	// HTTP carries the guest's HTTP requests. Nil means no network: every
	// request fails with a clear error.
	HTTP http.RoundTripper
	// Write writes to the function's log; one call is one log event. It takes
	// fd 1 or 2, and keeps nothing of p.
	Write func(fd int, p []byte)
	// Exit ends the isolate as process.exit does. It does not return.
	Exit func(code int)
	// Wasm returns the isolate's world of WebAssembly, made at the first call. It
	// is nil if there is none.
	Wasm func() WasmStore
	// RequestID is the id of the invocation that runs now, empty during init.
	RequestID func() string
	// TenantID is the tenant of the invocation that runs now, or empty.
	TenantID func() string
	// LogJSON selects Lambda's JSON log format over the text format.
	LogJSON bool
	// LogLevel is the lowest level that is logged.
	LogLevel Level
	// MemoryLimit is the function's memory size in bytes.
	MemoryLimit int64
	// Start is when the environment was made (process.uptime counts from it).
	Start time.Time
}

// CodeDir is where guests see their deployment package.
const CodeDir = "/var/task"

// Scratch is a bounded, writable file tree: an environment's /tmp. It outlives
// the isolate when a crash resets the environment. Paths are slash-separated and
// relative to /tmp, "." is /tmp itself. Errors are *fs.PathError whose Err is a
// syscall.Errno (ENOENT, EEXIST, ENOTDIR, EISDIR, ENOTEMPTY, ENOSPC, EINVAL...).
type Scratch interface {
	// Open opens a file; flag is one of os.O_RDONLY, O_WRONLY, O_RDWR, or'ed
	// with O_CREATE, O_EXCL, O_TRUNC, O_APPEND.
	Open(name string, flag int, perm fs.FileMode) (ScratchFile, error)
	Stat(name string) (fs.FileInfo, error)
	Lstat(name string) (fs.FileInfo, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	Mkdir(name string, perm fs.FileMode) error
	Remove(name string) error
	Rename(from, to string) error
	Chmod(name string, mode fs.FileMode) error
	Chtimes(name string, atime, mtime time.Time) error
	Symlink(target, name string) error
	Readlink(name string) (string, error)
}

// ScratchFile is an open file of a Scratch.
type ScratchFile interface {
	Stat() (fs.FileInfo, error)
	ReadAt(p []byte, off int64) (int, error)
	WriteAt(p []byte, off int64) (int, error)
	Truncate(size int64) error
	Close() error
}

// Level is a log level of Lambda. The zero value logs everything.
type Level int

// Levels, lowest first.
const (
	Trace Level = iota
	Debug
	Info
	Warn
	Error
	Fatal
)

// String returns the level as log lines show it.
func (l Level) String() string {
	return [...]string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}[l]
}
