package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// binary is the command, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "lambent-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "lambent")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

const examples = "../../examples"

// result is what a finished command left.
type result struct {
	code     int
	out, err string
}

// lambent runs the command to its end.
func lambent(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	return lambentWith(t, nil, stdin, args...)
}

// lambentWith is lambent with more environment variables, and none of AWS's but
// those.
func lambentWith(t *testing.T, env []string, stdin string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") })
	cmd.Env = append(cmd.Env, env...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errOut.String()}
}

// server is a running 'lambent serve'.
type server struct {
	t   *testing.T
	cmd *exec.Cmd
	url string
	// region is that of requests; empty: us-east-1.
	region string
	log    *logBuffer
	out    *bufio.Reader
}

// logBuffer is a process's standard error, readable while it runs.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// serve starts a server on a free port, and ends it with the test.
func serve(t *testing.T, args ...string) *server {
	t.Helper()
	s := &server{t: t, log: &logBuffer{}}
	s.cmd = exec.Command(binary, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			_ = s.cmd.Process.Kill()
			_ = s.cmd.Wait()
		}
	})
	s.out = bufio.NewReader(out)
	line, err := s.out.ReadString('\n')
	_, url, ok := strings.Cut(strings.TrimSpace(line), " at http://")
	if err != nil || !ok {
		_ = s.cmd.Wait()
		t.Fatalf("serve printed %q, %v\n%s", line, err, s.log)
	}
	s.url = "http://" + url
	return s
}

func (s *server) client() *lambda.Client {
	return lambda.New(lambda.Options{
		Region: cmp.Or(s.region, "us-east-1"), BaseEndpoint: aws.String(s.url), Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	})
}

// invoke returns a function's response.
func (s *server) invoke(name, event string) string {
	s.t.Helper()
	payload, failed := s.outcome(name, event)
	if failed {
		s.t.Errorf("invoke %s: function error %s", name, payload)
	}
	return payload
}

// outcome is the response of a function, or its error.
func (s *server) outcome(name, event string) (payload string, failed bool) {
	s.t.Helper()
	out, err := s.client().Invoke(s.t.Context(), &lambda.InvokeInput{FunctionName: &name, Payload: []byte(event)})
	if err != nil {
		s.t.Fatalf("invoke %s: %v\n%s", name, err, s.log)
	}
	return string(out.Payload), out.FunctionError != nil
}

// stop sends SIGTERM and wants the server to end in good order.
func (s *server) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	s.ended()
}

func (s *server) ended() {
	s.t.Helper()
	rest, _ := io.ReadAll(s.out)
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("serve ended with %v\n%s", err, s.log)
	}
	if len(rest) > 0 {
		s.t.Errorf("serve printed more than one line: %q", rest)
	}
}

func exampleEvent(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(examples, "events", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// exampleAnswers are parts of what the examples answer to their events.
var exampleAnswers = map[string]string{
	"hello":    `{"message":"hello Ada","requestId":"`,
	"callback": `{"area":42,"invocations":1,`,
	"digest":   `"digest":"5e2bf57d3f40c4b6df69daf1936cb766f832374b4fc0259a7cbff06e2f70f269"}`,
	"fizzbuzz": `["1","2","fizz","4","buzz","fizz","7","8","fizz","buzz","11","fizz","13","14","fizzbuzz"]`,
	"api":      `"body":"{\"id\":1,\"text\":\"buy milk\"}"`,
	"orders":   `{"batchItemFailures":[{"itemIdentifier":"2e1424d4-f796-459a-8184-9c92662be6da"}]}`,

	"hello-c":              `{"hello":"from C","event":{ "name": "Ada" }`,
	"hello-rust":           `{"hello":"from Rust","event":{ "name": "Ada" }`,
	"hello-assemblyscript": `{"hello":"from AssemblyScript","event":{ "name": "Ada" }`,
}

func TestExamplesAnswerTheSDK(t *testing.T) {
	t.Parallel()
	s := serve(t, examples)
	for name, want := range exampleAnswers {
		if got := s.invoke(name, exampleEvent(t, name)); !strings.Contains(got, want) {
			t.Errorf("%s answered %s, want %s in it", name, got, want)
		}
	}
	out, err := s.client().InvokeWithResponseStream(t.Context(), &lambda.InvokeWithResponseStreamInput{
		FunctionName: aws.String("countdown"), Payload: []byte(`{"from":2,"everyMs":1}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	var streamed []byte
	var end *types.InvokeWithResponseStreamCompleteEvent
	for event := range out.GetStream().Events() {
		switch e := event.(type) {
		case *types.InvokeWithResponseStreamResponseEventMemberPayloadChunk:
			streamed = append(streamed, e.Value.Payload...)
		case *types.InvokeWithResponseStreamResponseEventMemberInvokeComplete:
			end = &e.Value
		}
	}
	if string(streamed) != "2...\n1...\nlift-off\n" || end == nil || end.ErrorCode != nil {
		t.Errorf("countdown streamed %q, end %+v", streamed, end)
	}
	s.stop()
	if log := s.log.String(); !strings.Contains(log, "\tINFO\thello from hello\n") || !strings.Contains(log, "REPORT RequestId: ") {
		t.Errorf("the log on standard error lacks the functions' lines:\n%s", log)
	}
}

func TestExamplesRunAsFiles(t *testing.T) {
	t.Parallel()
	for name, want := range exampleAnswers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(examples, name)
			if _, err := os.Stat(path); err != nil {
				found, err := filepath.Glob(path + ".*")
				if err != nil || len(found) != 1 {
					t.Fatal(found, err)
				}
				path = found[0]
			}
			got := lambent(t, "", "invoke", path, "--event", "@"+filepath.Join(examples, "events", name+".json"))
			if got.code != 0 || !strings.Contains(got.out, want) || !strings.HasSuffix(got.out, "\n") {
				t.Errorf("exit %d, output %s\n%s", got.code, got.out, got.err)
			}
		})
	}
}

func TestServeFinishesWhatRuns(t *testing.T) {
	t.Parallel()
	dir := folder(t, `slow.js|exports.handler = async () => { console.log('begun'); await new Promise(r => setTimeout(r, 300)); return 'done' }`)
	s := serve(t, dir)
	answer := make(chan string, 1)
	go func() { answer <- s.invoke("slow", "{}") }()
	waitFor(t, s, "\tbegun")
	s.stop()
	if got := <-answer; got != `"done"` {
		t.Errorf("the running invocation answered %s", got)
	}
}

// waitFor waits until text is in the server's log.
func waitFor(t *testing.T, s *server, text string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(s.log.String(), text); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %q in the log:\n%s", text, s.log)
		}
	}
}

func TestServeWatches(t *testing.T) {
	t.Parallel()
	dir := folder(t, "a.js|exports.handler = async () => 1", "fn/index.js|exports.handler = require('./lib/value')", "fn/lib/value.js|module.exports = async () => 1", "old.js|exports.handler = async () => 1")
	s := serve(t, "--watch", dir)
	if got := s.invoke("a", "{}") + s.invoke("fn", "{}") + s.invoke("old", "{}"); got != "111" {
		t.Fatalf("got %s before the change", got)
	}
	for path, text := range map[string]string{
		"a.js": "exports.handler = async () => 2", "fn/lib/value.js": "module.exports = async () => 2", "new.js": "exports.handler = async () => 2",
	} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(path)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "old.js")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"deployed a", "deployed fn", "deployed new", "removed old"} {
		waitFor(t, s, "lambent: "+name+"\n")
	}
	if got := s.invoke("a", "{}") + s.invoke("fn", "{}") + s.invoke("new", "{}"); got != "222" {
		t.Errorf("got %s after the change", got)
	}
	_, err := s.client().Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("old")})
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		t.Errorf("the removed function: %v", err)
	}
	s.stop()
}

func TestServeTakesSettings(t *testing.T) {
	t.Parallel()
	dir := folder(t, `fn.js|exports.main = async (e, c) => [process.env.TABLE, c.memoryLimitInMB, c.invokedFunctionArn, c.getRemainingTimeInMillis() > 59000]`)
	s := serve(t, "--handler", "fn.main", "--env", "TABLE=a=b", "--memory", "512", "--region", "eu-west-1", "--account", "123456789012", "--timeout", "60", filepath.Join(dir, "fn.js"))
	s.region = "eu-west-1"
	if got, want := s.invoke("fn", "{}"), `["a=b","512","arn:aws:lambda:eu-west-1:123456789012:function:fn",true]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	res, err := http.Get(s.url + "/healthz")
	if err != nil || res.StatusCode != 200 {
		t.Errorf("healthz: %v, %v", res, err)
	} else {
		_ = res.Body.Close()
	}
	s.stop()
}

func TestDataDirectory(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "state")
	fn := filepath.Join(examples, "hello.js")
	s := serve(t, "--data-dir", data, fn)
	if got := lambent(t, `{"name":"Bob"}`, "invoke", "hello", "--data-dir", data, "--event", "-", "--tail"); got.code != 0 || !strings.Contains(got.out, "hello Bob") || !strings.Contains(got.err, "REPORT RequestId") {
		t.Errorf("invoke --data-dir: %+v", got)
	}
	if got := lambent(t, "", "serve", "--listen", "127.0.0.1:0", "--data-dir", data, fn); got.code != 1 || !strings.Contains(got.err, "another lambent uses the data directory") {
		t.Errorf("a second server: %+v", got)
	}
	s.stop()
	if got := lambent(t, "", "invoke", "hello", "--data-dir", data); got.code != 1 || !strings.Contains(got.err, "no server uses the data directory") {
		t.Errorf("after the server: %+v", got)
	}
	serve(t, "--data-dir", data, fn).stop()
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	got := lambent(t, "", "serve", "--listen", ln.Addr().String(), filepath.Join(examples, "hello.js"))
	if want := "another program listens on " + ln.Addr().String() + " already: stop it, or choose another port with --listen"; got.code != 1 || !strings.Contains(got.err, want) {
		t.Errorf("got %+v, want %q", got, want)
	}
}

func TestExitCodesAndMessages(t *testing.T) {
	t.Parallel()
	dir := folder(t, "fail.js|exports.handler = async () => { throw new TypeError('no') }", "stream.js|exports.handler = awslambda.streamifyResponse(async (e, s) => { s.write('a'); s.write('b'); s.end() })")
	hello := filepath.Join(examples, "hello.js")
	tests := []struct {
		name, stdin string
		args        []string
		code        int
		out, err    string // parts of what is printed
	}{
		{name: "help", args: nil, out: "Usage:\n  lambent"},
		{name: "the version", args: []string{"version"}, out: "lambent "},
		{name: "shell completion", args: []string{"completion", "bash"}, out: "bash completion"},
		{name: "a function that fails", args: []string{"invoke", filepath.Join(dir, "fail.js")}, code: 1, out: `{"errorType":"TypeError","errorMessage":"no"`, err: "REPORT RequestId"},
		{name: "a streamed response is printed as it is", args: []string{"invoke", filepath.Join(dir, "stream.js")}, out: "ab"},
		{name: "an event from standard input", stdin: `{"name":"Eve"}`, args: []string{"invoke", hello, "--event", "-"}, out: "hello Eve"},
		{name: "no event is an empty one", args: []string{"invoke", hello}, out: "hello world"},
		{name: "an event that is not JSON", args: []string{"invoke", hello, "--event", "{"}, code: 2, err: "the event is not JSON: "},
		{name: "an event file that is missing", args: []string{"invoke", hello, "--event", "@nope.json"}, code: 2, err: "read the event: "},
		{name: "a timeout", args: []string{"invoke", filepath.Join(examples, "countdown.js"), "--timeout", "100ms", "--event", `{"everyMs":60000}`}, code: 1, out: "Task timed out after 0.10 seconds"},
		{name: "an unknown command", args: []string{"run"}, code: 2, err: `there is no command "run"`},
		{name: "an unknown flag", args: []string{"invoke", "--nope"}, code: 2, err: "unknown flag: --nope\nSee 'lambent invoke --help'."},
		{name: "no function to invoke", args: []string{"invoke"}, code: 2, err: "want one function"},
		{name: "a file that is missing", args: []string{"invoke", "nope.js"}, code: 2, err: "there is no file or folder nope.js"},
		{name: "a folder of several functions", args: []string{"invoke", examples}, code: 2, err: "functions: name the file or folder of one"},
		{name: "nothing to serve", args: []string{"serve", t.TempDir()}, code: 2, err: "holds no functions"},
		{name: "an address for all the world", args: []string{"serve", "--listen", ":0", hello}, code: 2, err: "--allow-remote"},
		{name: "an address that is none", args: []string{"serve", "--listen", "nonsense", hello}, code: 2, err: "want HOST:PORT"},
		{name: "a setting out of range", args: []string{"serve", "--timeout", "1000", hello}, code: 2, err: "want more than 0 and at most 900 seconds"},
		{name: "an environment variable without a value", args: []string{"invoke", hello, "--env", "X"}, code: 2, err: "not of the form KEY=VALUE"},
		{name: "a handler for several", args: []string{"serve", "--handler", "a.b", examples}, code: 2, err: "--handler is for one function"},
		{name: "an account that is none", args: []string{"invoke", hello, "--account", "12"}, code: 2, err: "want 12 digits"},
		{name: "a server that is not there", args: []string{"invoke", "hello", "--endpoint", "http://127.0.0.1:1"}, code: 1, err: "no server answers at http://127.0.0.1:1"},
		{name: "an endpoint that is no URL", args: []string{"invoke", "hello", "--endpoint", "localhost:9000"}, code: 2, err: "is not a URL"},
		{name: "a setting for a served function", args: []string{"invoke", "hello", "--endpoint", "http://127.0.0.1:1", "--memory", "256"}, code: 2, err: "--memory is for a file or folder"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := lambent(t, tc.stdin, tc.args...)
			if got.code != tc.code || !strings.Contains(got.out, tc.out) || !strings.Contains(got.err, tc.err) {
				t.Errorf("exit %d, want %d\nstdout: %s (want %q)\nstderr: %s (want %q)", got.code, tc.code, got.out, tc.out, got.err, tc.err)
			}
		})
	}
}

func TestInvokeTellsErrorsOfTheAPI(t *testing.T) {
	t.Parallel()
	s := serve(t, filepath.Join(examples, "hello.js"), filepath.Join(examples, "callback.js"))
	if got := lambent(t, "", "invoke", "nobody", "--endpoint", s.url); got.code != 1 || !strings.Contains(got.err, "invoke nobody: ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody:$LATEST") {
		t.Errorf("unknown function: %+v", got)
	}
	if got := lambent(t, "", "invoke", "hello", "--endpoint", s.url, "--event", "nope"); got.code != 2 || !strings.Contains(got.err, "InvalidRequestContentException: Could not parse request body into json: Could not parse payload into json: ") {
		t.Errorf("not JSON: %+v", got)
	}
	if got := lambent(t, "", "invoke", "callback:$LATEST", "--endpoint", s.url); got.code != 1 || !strings.Contains(got.out, `"errorMessage":"width and height must be numbers"`) || got.err != "" {
		t.Errorf("a function error: %+v", got)
	}
	s.stop()
}
