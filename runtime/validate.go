package runtime

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
)

// Log formats.
const (
	logText = "Text"
	logJSON = "JSON"
)

// defaultRuntime is the runtime identifier of a function that names none.
const defaultRuntime = "nodejs20.x"

// isolationVariable is the environment variable that sets Function.Isolation
// where only Lambda's own settings can be given.
const isolationVariable = "LAMBENT_ISOLATION"

func defaultLogGroup(name string) string { return "/aws/lambda/" + name }

// withDefaults checks fn against Lambda's limits and fills in what is zero. The
// timeout may be shorter than Lambda's second.
func (fn Function) withDefaults() (Function, error) {
	if err := function.CheckName(fn.Name); err != nil {
		return fn, fn.refuse("Name", err.Error())
	}
	fn.Handler = cmp.Or(fn.Handler, fn.Code.handler, "index.handler")
	fn.Runtime = cmp.Or(fn.Runtime, defaultRuntime)
	fn.Timeout = cmp.Or(fn.Timeout, 3*time.Second)
	fn.MemorySize = cmp.Or(fn.MemorySize, 128)
	fn.EphemeralStorage = cmp.Or(fn.EphemeralStorage, 512)
	fn.LogGroup = cmp.Or(fn.LogGroup, defaultLogGroup(fn.Name))
	fn.LogFormat = cmp.Or(fn.LogFormat, logText)
	fn.Isolation = cmp.Or(fn.Isolation, fn.Environment[isolationVariable], IsolationEnvironment)
	fn.Environment = maps.Clone(fn.Environment)
	fn.Layers = slices.Clone(fn.Layers)
	switch {
	case fn.Code.open == nil:
		return fn, fn.refuse("Code", errNoCode.Error())
	case len(fn.Handler) > 128 || strings.ContainsAny(fn.Handler, " \t\r\n\v\f"):
		return fn, fn.refuse("Handler", "want at most 128 bytes without white space")
	case fn.Timeout < 0 || fn.Timeout > 900*time.Second:
		return fn, fn.refuse("Timeout", "want more than 0 and at most 900 seconds")
	case fn.MemorySize < 128 || fn.MemorySize > 10240:
		return fn, fn.refuse("MemorySize", "want 128 to 10240 MB")
	case fn.EphemeralStorage < 512 || fn.EphemeralStorage > 10240:
		return fn, fn.refuse("EphemeralStorage", "want 512 to 10240 MB")
	case fn.Isolation != IsolationEnvironment && fn.Isolation != IsolationInvocation:
		return fn, fn.refuse("Isolation", fmt.Sprintf("is %q, want %s or %s", fn.Isolation, IsolationEnvironment, IsolationInvocation))
	case len(fn.Layers) > 5:
		return fn, fn.refuse("Layers", "want at most 5")
	}
	if err := fn.checkLogging(); err != nil {
		return fn, err
	}
	return fn, fn.checkEnvironment()
}

// checkLogging checks and completes the log settings.
func (fn *Function) checkLogging() error {
	switch fn.LogFormat {
	case logText:
		if fn.LogLevel != "" || fn.SystemLogLevel != "" {
			return fn.refuse("LogLevel", `LogLevel is not supported when LogFormat is set to "Text". `+
				`Remove LogLevel from your request or change the LogFormat to "JSON" and try again.`)
		}
		return nil
	case logJSON:
	default:
		return fn.refuse("LogFormat", "want Text or JSON")
	}
	fn.LogLevel = cmp.Or(fn.LogLevel, "INFO")
	fn.SystemLogLevel = cmp.Or(fn.SystemLogLevel, "INFO")
	if !slices.Contains([]string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}, fn.LogLevel) {
		return fn.refuse("LogLevel", "want TRACE, DEBUG, INFO, WARN, ERROR or FATAL")
	}
	if !slices.Contains([]string{"DEBUG", "INFO", "WARN"}, fn.SystemLogLevel) {
		return fn.refuse("SystemLogLevel", "want DEBUG, INFO or WARN")
	}
	return nil
}

// checkEnvironment checks the function's own variables.
func (fn *Function) checkEnvironment() error {
	for _, key := range slices.Sorted(maps.Keys(fn.Environment)) {
		if !isVariable(key) {
			return fn.refuse("Environment", fmt.Sprintf("variable %q: want a letter, then letters, digits and underscores, two at least", key))
		}
	}
	if message := function.RefuseEnvironment(fn.Environment); message != "" {
		return fn.refuse("Environment", message)
	}
	return nil
}

// isVariable reports whether key can name a variable of the user's.
func isVariable(key string) bool {
	for i := range len(key) {
		c := key[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return len(key) >= 2
}
