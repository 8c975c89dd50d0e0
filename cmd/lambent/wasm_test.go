package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// testModule is a module of the sandbox's tests.
func testModule(t *testing.T, name string) string {
	t.Helper()
	wasm, err := os.ReadFile(filepath.Join("..", "..", "sandbox", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(wasm)
}

func TestModulesAndScriptsAreServedSideBySide(t *testing.T) {
	t.Parallel()
	echo := testModule(t, "echo.wasm")
	dir := folder(t, "js.js|exports.handler = async (e) => [e]", "wasm.wasm|"+echo, "folder/bootstrap.wasm|"+echo,
		"command.wasm|"+testModule(t, "command.wasm"), "broken.wasm|\x00asm", "sql.js|exports.handler = async () => 1", "sql.wasm|\x00asm",
		"zipped.zip|"+zipOf(t, "bootstrap.wasm|"+echo))
	s := serve(t, dir)
	for name, want := range map[string]string{"js": "[7]", "wasm": "7", "folder": "7", "command": "7", "zipped": "7", "sql": "1"} {
		if got := s.invoke(name, "7"); got != want {
			t.Errorf("%s answered %s, want %s", name, got, want)
		}
	}
	s.stop()
	if log := s.log.String(); !strings.Contains(log, "lambent: passed over function broken") {
		t.Errorf("nothing is said of the broken module:\n%s", log)
	}
}

func TestServeWatchesModules(t *testing.T) {
	t.Parallel()
	dir := folder(t, "fn.wasm|"+testModule(t, "echo.wasm"))
	path := filepath.Join(dir, "fn.wasm")
	s := serve(t, "--watch", path)
	if got := s.invoke("fn", "[1]"); got != "[1]" {
		t.Errorf("answered %s before the change", got)
	}
	if err := os.WriteFile(path, []byte(testModule(t, "counter.wasm")), 0o600); err != nil {
		t.Fatal(err)
	}
	waitFor(t, s, "lambent: deployed fn\n")
	if got := s.invoke("fn", "[1]"); got != `"11"` {
		t.Errorf("answered %s after the change", got)
	}
	s.stop()
}

func TestModulesRunAsFiles(t *testing.T) {
	t.Parallel()
	dir := folder(t, "echo.wasm|"+testModule(t, "echo.wasm"), "hostile.wasm|"+testModule(t, "hostile.wasm"),
		"text.wasm|exports.handler = 1", "bare.wasm|\x00asm\x01\x00\x00\x00")
	tests := []struct {
		name     string
		args     []string
		code     int
		out, err string // parts of what is printed
	}{
		{name: "an answer", args: []string{"echo.wasm", "--event", `{"a":1}`}, out: "{\"a\":1}\n", err: "REPORT RequestId"},
		{name: "a handler of another name", args: []string{"echo.wasm", "--handler", "echo.charge", "--event", "5"}, out: "5"},
		{name: "a number for which there is nothing", args: []string{"hostile.wasm", "--event", "999"}, code: 1, out: `"errorType":"`},
		{name: "a loop without end", args: []string{"hostile.wasm", "--event", "0", "--timeout", "100ms"}, code: 1, out: "Task timed out after 0.10 seconds"},
		{name: "no module", args: []string{"text.wasm"}, code: 1, err: "text.wasm"},
		{name: "a module without exports", args: []string{"bare.wasm"}, code: 1, err: `it has no memory`},
		{name: "a module that is missing", args: []string{"nope.wasm"}, code: 2, err: "there is no file or folder"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := lambent(t, "", append([]string{"invoke", filepath.Join(dir, tc.args[0])}, tc.args[1:]...)...)
			if got.code != tc.code || !strings.Contains(got.out, tc.out) || !strings.Contains(got.err, tc.err) {
				t.Errorf("exit %d, want %d\nstdout: %s (want %q)\nstderr: %s (want %q)", got.code, tc.code, got.out, tc.out, got.err, tc.err)
			}
		})
	}
}

// goModule builds a guest in Go in a new folder.
func goModule(t *testing.T, name, dir string, flags ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), name+".wasm")
	cmd := exec.Command("go", append(append([]string{"build", "-o", out}, flags...), dir)...)
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, text)
	}
	return out
}

func TestGuestsInGo(t *testing.T) {
	t.Parallel()
	s := serve(t, "--timeout", "60",
		goModule(t, "reactor", "../../examples/hello-go", "-buildmode=c-shared"), goModule(t, "command", "../../sandbox/testdata/go/command"))
	tests := []struct{ name, function, event, want string }{
		{"a reactor with package guest", "reactor", `{"name":"Ada"}`, `"Hello, Ada!"`},
		{"an event of another type", "reactor", `[]`, `"errorType":"Runtime.MalformedEvent"`},
		{"a command gets the event as it is", "command", `{"a": "ü"}`, `{"a": "ü"}`},
		{"its argument is the handler", "command", `"args"`, `"command.handle"`},
		{"a variable of Lambda", "command", `"env AWS_LAMBDA_FUNCTION_NAME"`, `"command"`},
		{"the region", "command", `"env AWS_REGION"`, `"us-east-1"`},
		{"a variable of the host", "command", `"env HOME"`, `""`},
		{"an exit", "command", `"exit 3"`, `exit status 3"`},
		{"an exit that is none", "command", `"exit 0"`, `null`},
		{"a panic", "command", `"panic why"`, `exit status 2"`},
		{"a file that is not there", "command", `"read nothing.txt"`, `exit status 1"`},
		{"no answer", "command", `"nothing"`, `null`},
	}
	for _, tc := range tests {
		if got, _ := s.outcome(tc.function, tc.event); !strings.Contains(got, tc.want) {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
	s.stop()
	for _, want := range []string{"last words\n", "panic: why", "open nothing.txt: No such file or directory\n"} {
		if log := s.log.String(); !strings.Contains(log, want) {
			t.Errorf("no %q in the log:\n%s", want, log)
		}
	}
}
