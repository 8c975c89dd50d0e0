// Package node is the table of the core modules that handlers can require, and
// of the globals that Node puts into every realm. Each module has a package of
// its own below; API.md says, method by method, what each of them offers.
package node

import (
	"sort"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/absent"
	"github.com/lambent-run/lambent/js/node/assert"
	"github.com/lambent-run/lambent/js/node/asynchooks"
	"github.com/lambent-run/lambent/js/node/buffer"
	"github.com/lambent-run/lambent/js/node/console"
	"github.com/lambent-run/lambent/js/node/constants"
	"github.com/lambent-run/lambent/js/node/crypto"
	"github.com/lambent-run/lambent/js/node/diagnostics"
	"github.com/lambent-run/lambent/js/node/dom"
	"github.com/lambent-run/lambent/js/node/encoding"
	"github.com/lambent-run/lambent/js/node/events"
	"github.com/lambent-run/lambent/js/node/fs"
	"github.com/lambent-run/lambent/js/node/http"
	"github.com/lambent-run/lambent/js/node/internal/asyncctx"
	"github.com/lambent-run/lambent/js/node/internal/comparisons"
	"github.com/lambent-run/lambent/js/node/internal/errors"
	"github.com/lambent-run/lambent/js/node/os"
	"github.com/lambent-run/lambent/js/node/path"
	"github.com/lambent-run/lambent/js/node/perfhooks"
	"github.com/lambent-run/lambent/js/node/process"
	"github.com/lambent-run/lambent/js/node/punycode"
	"github.com/lambent-run/lambent/js/node/querystring"
	"github.com/lambent-run/lambent/js/node/readline"
	"github.com/lambent-run/lambent/js/node/stream"
	"github.com/lambent-run/lambent/js/node/stringdecoder"
	"github.com/lambent-run/lambent/js/node/timers"
	timerspromises "github.com/lambent-run/lambent/js/node/timers/promises"
	"github.com/lambent-run/lambent/js/node/tty"
	"github.com/lambent-run/lambent/js/node/url"
	"github.com/lambent-run/lambent/js/node/util"
	"github.com/lambent-run/lambent/js/node/util/types"
	"github.com/lambent-run/lambent/js/node/webassembly"
	"github.com/lambent-run/lambent/js/node/webstreams"
	"github.com/lambent-run/lambent/js/node/zlib"
)

// modules maps the bare name of a core module to its loader.
var modules = map[string]module.Loader{
	"assert":                       assert.Load,
	"assert/strict":                assert.LoadStrict,
	"async_hooks":                  asynchooks.Load,
	"buffer":                       buffer.Load,
	"child_process":                absent.ChildProcess,
	"cluster":                      absent.Cluster,
	"console":                      console.Load,
	"constants":                    constants.Load,
	"crypto":                       crypto.Load,
	"dgram":                        absent.Dgram,
	"diagnostics_channel":          diagnostics.Load,
	"dns":                          absent.DNS,
	"dns/promises":                 absent.DNSPromises,
	"domain":                       absent.Domain,
	"events":                       events.Load,
	"fs":                           fs.Load,
	"fs/promises":                  fs.LoadPromises,
	"http":                         http.Load,
	"http2":                        absent.HTTP2,
	"https":                        http.LoadHTTPS,
	"inspector":                    absent.Inspector,
	"inspector/promises":           absent.Inspector,
	"internal/abort":               dom.LoadAbort,
	"internal/absent":              absent.LoadCommon,
	"internal/async_context":       asyncctx.Load,
	"internal/blob":                dom.LoadBlob,
	"internal/clone":               dom.LoadClone,
	"internal/comparisons":         comparisons.Load,
	"internal/constants":           constants.LoadTables,
	"internal/crypto/keys":         crypto.LoadKeys,
	"internal/crypto/webcrypto":    crypto.LoadWeb,
	"internal/dom":                 dom.LoadException,
	"internal/encoding":            encoding.Load,
	"internal/errors":              errors.Load,
	"internal/events":              dom.LoadEvents,
	"internal/fetch":               http.LoadFetch,
	"internal/fetch/body":          http.LoadBody,
	"internal/fetch/headers":       http.LoadHeaders,
	"internal/fs/stats":            fs.LoadStats,
	"internal/fs/streams":          fs.LoadStreams,
	"internal/http":                http.LoadClients,
	"internal/http/messages":       http.LoadMessages,
	"internal/messaging":           dom.LoadMessaging,
	"internal/microtask":           timers.LoadMicrotask,
	"internal/mime":                util.LoadMIME,
	"internal/parse_args":          util.LoadParseArgs,
	"internal/url":                 url.LoadClasses,
	"internal/webassembly":         webassembly.Load,
	"internal/webstreams_adapters": webstreams.LoadAdapters,
	"internal/zlib/settings":       zlib.LoadSettings,
	"internal/zlib/streams":        zlib.LoadStreams,
	"internal/zlib/web":            zlib.LoadWeb,
	"net":                          absent.Net,
	"os":                           os.Load,
	"path":                         path.Load,
	"path/posix":                   path.LoadPosix,
	"path/win32":                   path.LoadWin32,
	"perf_hooks":                   perfhooks.Load,
	"process":                      process.Load,
	"punycode":                     punycode.Load,
	"querystring":                  querystring.Load,
	"readline":                     readline.Load,
	"readline/promises":            readline.LoadPromises,
	"repl":                         absent.REPL,
	"stream":                       stream.Load,
	"stream/promises":              stream.LoadPromises,
	"stream/web":                   webstreams.Load,
	"string_decoder":               stringdecoder.Load,
	"sys":                          func(h module.Host) *goja.Object { return h.Require("util") },
	"timers":                       timers.Load,
	"timers/promises":              timerspromises.Load,
	"tls":                          absent.TLS,
	"trace_events":                 absent.TraceEvents,
	"tty":                          tty.Load,
	"url":                          url.Load,
	"util":                         util.Load,
	"util/types":                   types.Load,
	"v8":                           absent.V8,
	"vm":                           absent.VM,
	"wasi":                         absent.WASI,
	"worker_threads":               absent.WorkerThreads,
	"zlib":                         zlib.Load,
}

// globals maps the name of a global to the core module, and the member of its
// exports, that holds its value. An empty member means the exports themselves.
var globals = map[string]struct{ module, member string }{
	"AbortController":                  {"internal/abort", "AbortController"},
	"AbortSignal":                      {"internal/abort", "AbortSignal"},
	"Blob":                             {"internal/blob", "Blob"},
	"BroadcastChannel":                 {"internal/messaging", "BroadcastChannel"},
	"Buffer":                           {"buffer", "Buffer"},
	"ByteLengthQueuingStrategy":        {"stream/web", "ByteLengthQueuingStrategy"},
	"CompressionStream":                {"internal/zlib/web", "CompressionStream"},
	"CountQueuingStrategy":             {"stream/web", "CountQueuingStrategy"},
	"Crypto":                           {"internal/crypto/webcrypto", "Crypto"},
	"CryptoKey":                        {"internal/crypto/webcrypto", "CryptoKey"},
	"CustomEvent":                      {"internal/events", "CustomEvent"},
	"DOMException":                     {"internal/dom", "DOMException"},
	"DecompressionStream":              {"internal/zlib/web", "DecompressionStream"},
	"Event":                            {"internal/events", "Event"},
	"EventTarget":                      {"internal/events", "EventTarget"},
	"File":                             {"internal/blob", "File"},
	"FormData":                         {"internal/fetch/body", "FormData"},
	"Headers":                          {"internal/fetch/headers", "Headers"},
	"MessageChannel":                   {"internal/messaging", "MessageChannel"},
	"MessageEvent":                     {"internal/events", "MessageEvent"},
	"MessagePort":                      {"internal/messaging", "MessagePort"},
	"PerformanceEntry":                 {"perf_hooks", "PerformanceEntry"},
	"PerformanceMark":                  {"perf_hooks", "PerformanceMark"},
	"PerformanceMeasure":               {"perf_hooks", "PerformanceMeasure"},
	"PerformanceObserver":              {"perf_hooks", "PerformanceObserver"},
	"PerformanceObserverEntryList":     {"perf_hooks", "PerformanceObserverEntryList"},
	"ReadableByteStreamController":     {"stream/web", "ReadableByteStreamController"},
	"ReadableStream":                   {"stream/web", "ReadableStream"},
	"ReadableStreamBYOBReader":         {"stream/web", "ReadableStreamBYOBReader"},
	"ReadableStreamBYOBRequest":        {"stream/web", "ReadableStreamBYOBRequest"},
	"ReadableStreamDefaultController":  {"stream/web", "ReadableStreamDefaultController"},
	"ReadableStreamDefaultReader":      {"stream/web", "ReadableStreamDefaultReader"},
	"Request":                          {"internal/fetch", "Request"},
	"Response":                         {"internal/fetch", "Response"},
	"SubtleCrypto":                     {"internal/crypto/webcrypto", "SubtleCrypto"},
	"TextDecoder":                      {"internal/encoding", "TextDecoder"},
	"TextDecoderStream":                {"stream/web", "TextDecoderStream"},
	"TextEncoder":                      {"internal/encoding", "TextEncoder"},
	"TextEncoderStream":                {"stream/web", "TextEncoderStream"},
	"TransformStream":                  {"stream/web", "TransformStream"},
	"TransformStreamDefaultController": {"stream/web", "TransformStreamDefaultController"},
	"URL":                              {"internal/url", "URL"},
	"URLSearchParams":                  {"internal/url", "URLSearchParams"},
	"WebAssembly":                      {"internal/webassembly", "WebAssembly"},
	"WritableStream":                   {"stream/web", "WritableStream"},
	"WritableStreamDefaultController":  {"stream/web", "WritableStreamDefaultController"},
	"WritableStreamDefaultWriter":      {"stream/web", "WritableStreamDefaultWriter"},
	"atob":                             {"buffer", "atob"},
	"btoa":                             {"buffer", "btoa"},
	"clearImmediate":                   {"timers", "clearImmediate"},
	"clearInterval":                    {"timers", "clearInterval"},
	"clearTimeout":                     {"timers", "clearTimeout"},
	"console":                          {"console", ""},
	"crypto":                           {"internal/crypto/webcrypto", "webcrypto"},
	"fetch":                            {"internal/fetch", "fetch"},
	"performance":                      {"perf_hooks", "performance"},
	"process":                          {"process", ""},
	"queueMicrotask":                   {"internal/microtask", "queueMicrotask"},
	"setImmediate":                     {"timers", "setImmediate"},
	"setInterval":                      {"timers", "setInterval"},
	"setTimeout":                       {"timers", "setTimeout"},
	"structuredClone":                  {"internal/clone", "structuredClone"},
}

// Lookup returns the loader of a core module by its bare name, without "node:".
func Lookup(name string) (module.Loader, bool) {
	l, ok := modules[name]
	return l, ok
}

// Global tells where the value of a global comes from.
func Global(name string) (mod, member string, ok bool) {
	g, ok := globals[name]
	return g.module, g.member, ok
}

// Globals lists the names of all globals, sorted.
func Globals() []string {
	names := make([]string, 0, len(globals))
	for name := range globals {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Names lists the core modules, sorted.
func Names() []string {
	names := make([]string, 0, len(modules))
	for name := range modules {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
