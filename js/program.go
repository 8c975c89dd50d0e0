package js

import (
	"cmp"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"

	"github.com/lambent-run/lambent/js/internal/loader"
	"github.com/lambent-run/lambent/js/module"
)

// Source is the code of one function version.
type Source struct {
	// Files is the deployment package; guests see it at /var/task.
	Files fs.FS
	// Layers are further read-only trees by absolute guest path ("/opt").
	Layers map[string]fs.FS
	// Handler is the handler string, "index.handler".
	Handler string
	// Runtime is the runtime identifier, "nodejs22.x". Default "nodejs20.x".
	Runtime string
}

// Program is the code of one function version. Files are read, transformed and
// compiled when the first isolate needs them, and shared by all. It is safe for
// concurrent use.
type Program struct {
	src    Source
	loader *loader.Program
}

// Cache holds compiled files, by content, for any number of programs. It is
// safe for concurrent use.
type Cache = loader.Cache

// NewCache returns a cache for that many compiled files.
func NewCache(files int) *Cache { return loader.NewCache(files) }

// Compile returns the program of a source. Nothing of the guest's code is read
// before the first isolate's init phase, which is where Lambda reports what is
// wrong with it. The cache may be nil.
func Compile(src Source, cache *Cache) *Program {
	boundRegexps()
	return &Program{
		src: src,
		loader: loader.New(loader.Config{
			Code:     src.Files,
			Mounts:   src.Layers,
			NodePath: nodePath(src.Runtime),
			Cache:    cache,
		}),
	}
}

// maxMatch bounds one match of a regular expression that needs backtracking; one
// that takes longer finds nothing. No function can be interrupted in the middle
// of a match, so this is how long a goroutine may outlive its function's
// timeout. Only a function whose timeout is longer can see the difference.
const maxMatch = time.Minute

// boundRegexps sets the default of the engine's regular expression library,
// once: it is read whenever goja compiles an expression, and goja has no setting
// for it.
var boundRegexps = sync.OnceFunc(func() {
	if regexp2.DefaultMatchTimeout > maxMatch {
		regexp2.DefaultMatchTimeout = maxMatch
	}
})

// nodePath is where require looks after the node_modules folders.
func nodePath(runtime string) []string {
	version := strings.TrimSuffix(strings.TrimPrefix(cmp.Or(runtime, "nodejs20.x"), "nodejs"), ".x")
	return []string{
		"/opt/nodejs/node" + version + "/node_modules", "/opt/nodejs/node_modules",
		"/var/runtime/node_modules", "/var/runtime", module.CodeDir,
	}
}

// noCallbacks reports whether a runtime is one from which AWS has removed the
// callback and its kin (node-runtime section 4): Node.js 24.
func noCallbacks(runtime string) bool { return runtime == "nodejs24.x" }

// Environment is what one isolate gets of the world. Nothing else reaches it.
type Environment struct {
	FunctionName, FunctionVersion string
	LogGroup, LogStream           string
	// MemorySize is the function's memory in MB.
	MemorySize int
	// Vars are the guest's environment variables, complete. Lent for reading.
	Vars map[string]string
	// Tmp is the guest's /tmp, nil if it has none. It outlives the isolate.
	Tmp module.Scratch
	// HTTP carries the guest's HTTP requests; nil means no network.
	HTTP http.RoundTripper
	// Wasm runs the guest's WebAssembly; nil means none.
	Wasm module.WasmEngine
	// Log takes the function's log; one Write is one log event. It is called
	// from the isolate's goroutine only.
	Log io.Writer
	// LogJSON selects the JSON log format, LogLevel ("INFO") its lowest level.
	LogJSON  bool
	LogLevel string
}

// Call is one invocation. All of it is lent until Invoke returns.
type Call struct {
	RequestID string
	// ARN is the function's ARN as the caller named it.
	ARN string
	// Event is the payload, valid JSON.
	Event []byte
	// Deadline is when the invocation will be interrupted.
	Deadline time.Time
	// ClientContext and Identity are JSON texts, or empty.
	ClientContext, Identity []byte
	// TraceID is the X-Ray header, TenantID the tenant, or empty.
	TraceID, TenantID string
	// Stream takes a streamed response as it is made; nil collects it.
	Stream Stream
}

// Stream takes the bytes of a streamed response, in order, on the isolate's
// goroutine. SetContentType comes at most once, before the first Write.
type Stream interface {
	SetContentType(string)
	io.Writer
}

// Reply is what a handler answered.
type Reply struct {
	// Payload is the response; it is the caller's.
	Payload []byte
}
