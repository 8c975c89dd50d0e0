package sandbox_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

func TestLanguages(t *testing.T) {
	t.Parallel()
	example := func(language string) func(t *testing.T) []byte {
		return func(t *testing.T) []byte {
			t.Helper()
			return module(t, "../../examples/hello-"+language+"/bootstrap.wasm")
		}
	}
	const event = `{"name":"Ada"}`
	tests := []struct {
		name string
		wasm func(t *testing.T) []byte
		want string
	}{
		{"C, as committed", example("c"), `{"hello":"from C","event":{"name":"Ada"}}`},
		{"Rust, as committed", example("rust"), `{"hello":"from Rust","event":{"name":"Ada"}}`},
		{"AssemblyScript, as committed", example("assemblyscript"), `{"hello":"from AssemblyScript","event":{"name":"Ada"}}`},
		{"text format, a reactor", func(t *testing.T) []byte { return module(t, "echo.wasm") }, event},
		{"text format, a command", func(t *testing.T) []byte { return module(t, "command.wasm") }, event},
		{"C, built now", func(t *testing.T) []byte {
			return build(t, "../examples/hello-c", nil, "clang", "--target=wasm32-wasi", "-mexec-model=reactor", "-Os", "-o", "OUT", "hello.c")
		}, `{"hello":"from C","event":{"name":"Ada"}}`},
		{"C, a command", func(t *testing.T) []byte {
			return build(t, "testdata", nil, "clang", "--target=wasm32-wasi", "-Os", "-o", "OUT", "command.c")
		}, event},
		{"Rust, built now", func(t *testing.T) []byte {
			return build(t, "../examples/hello-rust", nil, rustc(t), "--target", "wasm32-unknown-unknown", "--crate-type", "cdylib", "-O", "-C", "panic=abort", "-o", "OUT", "hello.rs")
		}, `{"hello":"from Rust","event":{"name":"Ada"}}`},
		{"Rust, a command", func(t *testing.T) []byte {
			return build(t, "testdata", nil, rustc(t), "--target", rustWASI(t), "-O", "-o", "OUT", "command.rs")
		}, event},
		{"AssemblyScript, built now", func(t *testing.T) []byte {
			return build(t, "../examples/hello-assemblyscript", nil, "npx", "--no-install", "asc", "hello.ts", "--outFile", "OUT", "-O3", "--runtime", "incremental", "--use", "abort=")
		}, `{"hello":"from AssemblyScript","event":{"name":"Ada"}}`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			rt := newRuntime(t, runtime.Config{})
			deploy(t, rt, "f", tc.wasm(t), time.Minute)
			for range 3 {
				res, err := rt.Invoke(t.Context(), "f", []byte(event))
				if err != nil || string(res.Payload) != tc.want {
					t.Fatalf("got %s, %v; want %s", res.Payload, err, tc.want)
				}
			}
		})
	}
}

// rustc is a compiler that has WebAssembly's targets: Debian's has, if they are
// installed, and comes before one that manages its own.
func rustc(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat("/usr/bin/rustc"); err == nil {
		return "/usr/bin/rustc"
	}
	return "rustc"
}

// rustWASI is what the compiler calls WASI preview 1.
func rustWASI(t *testing.T) string {
	t.Helper()
	out, err := exec.Command(rustc(t), "--print", "target-list").Output()
	if err != nil {
		t.Skip("rustc is not installed")
	}
	if bytes.Contains(out, []byte("wasm32-wasip1\n")) {
		return "wasm32-wasip1"
	}
	return "wasm32-wasi"
}

func TestGoReactorDoesWhatThePageSays(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	rt := newRuntime(t, runtime.Config{Log: &log})
	code := packed(goReactor(t))
	for name, isolation := range map[string]string{"kept": runtime.IsolationEnvironment, "pristine": runtime.IsolationInvocation} {
		err := rt.Deploy(t.Context(), runtime.Function{
			Name: name, Runtime: wasmRuntime, Code: code, Timeout: time.Minute, MemorySize: 256, Isolation: isolation,
			Environment: map[string]string{"GREETING": "hello"},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ name, event, want, kind, message string }{
		{name: "an event comes back as it went", event: `"echo ü\u0000"`, want: `"echo ü\u0000"`},
		{name: "the time is running", event: `"remaining"`, want: "true"},
		{name: "an error of a type", event: `"fail none left"`, kind: "Orders.OutOfStock", message: "none left"},
		{name: "an error of Go's", event: `"error why"`, kind: "errors.errorString", message: "why"},
		{name: "a panic", event: `"panic why"`, kind: "string", message: "why"},
		{name: "an exit", event: `"exit 9"`, kind: "Runtime.ExitError", message: "exit status 9"},
		{name: "no answer is null", event: `"nothing"`, want: `null`},
		{name: "a file of the code", event: `"read /var/task/data.txt"`, want: `"of the code"`},
		{name: "a file of the code, from where the guest is", event: `"read data.txt"`, want: `"of the code"`},
		{name: "a file of the host", event: `"read /etc/passwd"`, kind: "fs.PathError", message: "open /etc/passwd: No such file or directory"},
		{name: "writing the code", event: `"write /var/task/x"`, kind: "fs.PathError", message: "Read-only file system"},
		{name: "writing to tmp", event: `"write /tmp/x"`, want: "100000"},
		{name: "a variable of the function", event: `"env GREETING"`, want: `"hello"`},
		{name: "a variable of Lambda", event: `"env AWS_LAMBDA_FUNCTION_MEMORY_SIZE"`, want: `"256"`},
		{name: "a variable of the host", event: `"env HOME"`, want: `""`},
		{name: "a stream that is collected", event: `"stream 3"`, want: "part 0\npart 1\npart 2\n"},
		{name: "what is logged", event: `"log at a level"`, want: `"logged"`},
	}
	for _, function := range []string{"kept", "pristine"} {
		for _, tc := range tests {
			res, err := rt.Do(t.Context(), runtime.Invocation{Function: function, Payload: []byte(tc.event), RequestID: "the-request"})
			checkAnswer(t, function+": "+tc.name, res, err, tc.want, tc.kind, tc.message)
		}
	}
	checkContext(t, rt)
	checkState(t, rt)
	if err := rt.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"to stdout\n", "to stderr\n", "\tthe-request\tWARN\tat a level\n", "panic: why", "REPORT RequestId: the-request"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %q in the log:\n%s", want, log.String())
		}
	}
}

func checkAnswer(t *testing.T, name string, res runtime.Result, err error, want, kind, message string) {
	t.Helper()
	var failure *runtime.FunctionError
	switch {
	case kind != "":
		if !errors.As(err, &failure) || failure.Type != kind || !strings.Contains(failure.Message, message) {
			t.Errorf("%s: %s, %v; want %s: %s", name, res.Payload, err, kind, message)
		}
	case err != nil || string(res.Payload) != want:
		t.Errorf("%s: %s, %v; want %s", name, res.Payload, err, want)
	}
}

// checkContext compares the context object and what a streamed response is.
func checkContext(t *testing.T, rt *runtime.Runtime) {
	t.Helper()
	res, err := rt.Do(t.Context(), runtime.Invocation{
		Function: "kept", Payload: []byte(`"context"`), RequestID: "the-request", TenantID: "blue", TraceID: "Root=1",
		ClientContext: []byte(`{"custom":{"a":1}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(res.Payload, &got); err != nil {
		t.Fatalf("the context %s: %v", res.Payload, err)
	}
	for member, want := range map[string]any{
		"awsRequestId": "the-request", "functionName": "kept", "functionVersion": "$LATEST", "memoryLimitInMB": 256.0, "tenantId": "blue",
		"traceId": "Root=1", "logGroupName": "/aws/lambda/kept", "invokedFunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:kept",
		"clientContext": map[string]any{"custom": map[string]any{"a": 1.0}},
	} {
		if !reflect.DeepEqual(got[member], want) {
			t.Errorf("the context's %s is %v, want %v", member, got[member], want)
		}
	}
	var stream recorded
	if _, err := rt.Do(t.Context(), runtime.Invocation{Function: "kept", Payload: []byte(`"stream 2"`), Stream: &stream}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(stream.parts, "|"); got != "part 0\n|part 1\n" || stream.contentType != "text/plain" {
		t.Errorf("streamed %q of type %q", got, stream.contentType)
	}
}

// recorded is a ResponseStream that keeps the parts.
type recorded struct {
	contentType string
	parts       []string
}

func (r *recorded) SetContentType(s string) { r.contentType = s }
func (r *recorded) Write(p []byte) (int, error) {
	r.parts = append(r.parts, string(p))
	return len(p), nil
}

// checkState counts invocations, and draws random numbers in several instances
// that start from one image: what package guest promises to renew is renewed.
func checkState(t *testing.T, rt *runtime.Runtime) {
	t.Helper()
	invoke := func(function, event string) string {
		t.Helper()
		res, err := rt.Invoke(t.Context(), function, []byte(event))
		if err != nil {
			t.Fatal(err)
		}
		return string(res.Payload)
	}
	for function, want := range map[string]string{"kept": "1 2 3", "pristine": "1 1 1"} {
		if got := invoke(function, `"count"`) + " " + invoke(function, `"count"`) + " " + invoke(function, `"count"`); got != want {
			t.Errorf("%s counts %s, want %s", function, got, want)
		}
	}
	seen := map[string]bool{}
	for range 5 {
		for number := range strings.SplitSeq(invoke("pristine", `"random"`), ",") {
			if seen[number] {
				t.Errorf("the random number %s twice", number)
			}
			seen[number] = true
		}
	}
}

func TestIsolationDecidesWhatIsKept(t *testing.T) {
	t.Parallel()
	rt := newRuntime(t, runtime.Config{})
	for isolation, want := range map[string]string{runtime.IsolationEnvironment: `"33"`, runtime.IsolationInvocation: `"11"`} {
		err := rt.Deploy(t.Context(), runtime.Function{Name: isolation, Runtime: wasmRuntime, Code: packed(module(t, "counter.wasm")), Isolation: isolation})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for range 3 {
			res, err := rt.Invoke(t.Context(), isolation, nil)
			if err != nil {
				t.Fatal(err)
			}
			got = string(res.Payload)
		}
		if got != want {
			t.Errorf("%s: the third invocation answers %s, want %s", isolation, got, want)
		}
	}
}

func TestModulesThatCannotRunAreRefused(t *testing.T) {
	t.Parallel()
	echo := module(t, "echo.wasm")
	tests := []struct {
		name, handler string
		files         map[string]string
		want          string
	}{
		{"no module", "index.handler", map[string]string{"index.js": ""}, "bootstrap.wasm"},
		{"text", "", map[string]string{"bootstrap.wasm": "exports.handler = 1"}, "bootstrap.wasm"},
		{"half a module", "", map[string]string{"bootstrap.wasm": string(echo[:len(echo)/2])}, "longer than the module"},
		{"component", "", map[string]string{"bootstrap.wasm": "\x00asm\x0d\x00\x01\x00"}, "component"},
		{"import that there is not", "", map[string]string{"bootstrap.wasm": string(bytes.Replace(echo, []byte("respond"), []byte("repsond"), 1))}, "repsond"},
		{"handler that there is not", "", map[string]string{"bootstrap.wasm": string(bytes.Replace(echo, []byte("handle"), []byte("hondle"), 1))}, "handle"},
		{"no lambent_alloc", "", map[string]string{"bootstrap.wasm": string(bytes.Replace(echo, []byte("lambent_alloc"), []byte("lambent_ollac"), 1))}, "lambent_alloc"},
		{"memory of another name", "", map[string]string{"bootstrap.wasm": string(bytes.Replace(echo, []byte("\x06memory"), []byte("\x06menory"), 1))}, "memory"},
		{"two modules and no name", "x.handle", map[string]string{"a.wasm": string(echo), "b.wasm": string(echo)}, "a.wasm, b.wasm"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			rt := newRuntime(t, runtime.Config{})
			err := rt.Deploy(t.Context(), runtime.Function{Name: "f", Runtime: wasmRuntime, Handler: tc.handler, Code: runtime.Files(tc.files)})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Deploy() = %v, want an error with %q", err, tc.want)
			}
		})
	}
}

func TestHandlerNamesTheModuleAndTheExport(t *testing.T) {
	t.Parallel()
	rt := newRuntime(t, runtime.Config{})
	echo := module(t, "echo.wasm")
	renamed := bytes.Replace(echo, []byte("handle"), []byte("charge"), 1)
	err := rt.Deploy(t.Context(), runtime.Function{
		Name: "f", Runtime: wasmRuntime, Handler: "orders/app.charge",
		Code: runtime.Files(map[string]string{"orders/app.wasm": string(renamed), "bootstrap.wasm": string(echo)}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if res, err := rt.Invoke(t.Context(), "f", []byte("[1]")); err != nil || string(res.Payload) != "[1]" {
		t.Errorf("got %s, %v", res.Payload, err)
	}
}

// TestPageShowsTheExamplesAsTheyAre holds the code on ABI.md to the files that
// the tests run.
func TestPageShowsTheExamplesAsTheyAre(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("ABI.md")
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string][]string{
		"go":   {"../examples/hello-go/main.go"},
		"rust": {"../examples/hello-rust/hello.rs", "testdata/command.rs"},
		"c":    {"../examples/hello-c/hello.c", "testdata/command.c"},
		"ts":   {"../examples/hello-assemblyscript/hello.ts"},
		"sh":   {"../examples/hello-go/main.go", "../examples/hello-rust/hello.rs", "../examples/hello-c/hello.c", "../examples/hello-assemblyscript/hello.ts"},
	}
	blocks := regexp.MustCompile("(?s)```([a-z]+)\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 8 {
		t.Errorf("%d pieces of code on the page", len(blocks))
	}
	plain := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "//", " ")), " ") }
	for _, block := range blocks {
		found := false
		for _, name := range sources[block[1]] {
			text, err := os.ReadFile(filepath.FromSlash(name))
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(plain(string(text)), plain(block[2]))
		}
		if !found {
			t.Errorf("no file holds this %s:\n%s", block[1], block[2])
		}
	}
}

func TestCommittedModulesAreOfTheirSources(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob("testdata/*.wat")
	if err != nil || len(sources) == 0 {
		t.Fatal(sources, err)
	}
	for _, source := range sources {
		name := filepath.Base(source)
		made := build(t, "testdata", nil, "wat2wasm", name, "-o", "OUT")
		committed := module(t, fmt.Sprintf("%s.wasm", strings.TrimSuffix(name, ".wat")))
		if !bytes.Equal(made, committed) {
			t.Errorf("%s makes another module than the one that is committed: run build.sh", source)
		}
	}
}
