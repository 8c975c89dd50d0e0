package process_test

import (
	"errors"
	"testing"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/hosttest"
	"github.com/lambent-run/lambent/js/node/process"
)

func TestProcessAnswersLikeNode(t *testing.T) {
	t.Parallel()
	hosttest.Golden(t, "testdata/process.cases")
}

func TestExitEndsTheIsolate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, src string
		code      int
		output    string
	}{
		{name: "with a code", src: `process.exit(3); process.stdout.write('never')`, code: 3},
		{name: "with the code set before", src: `process.exitCode = 4; process.exit()`, code: 4},
		{name: "after its listeners ran", src: `process.on('exit', (c) => process.stdout.write('bye ' + c)); process.exit(2)`, code: 2, output: "bye 2"},
		{name: "even within try", src: `try { process.exit(1) } catch { process.stdout.write('caught') } finally { process.stdout.write('finally') }`, code: 1},
		{name: "by abort", src: `process.abort()`, code: 134},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := hosttest.New(t)
			_, err := h.Run(tc.src)
			code, exited := h.ExitCode()
			if !errors.Is(err, hosttest.ErrExit) || !exited || code != tc.code {
				t.Errorf("got %v, exit %d %v; want exit %d", err, code, exited, tc.code)
			}
			if got := h.Output(1); got != tc.output {
				t.Errorf("wrote %q, want %q", got, tc.output)
			}
		})
	}
}

func TestEnvIsTheFunctionsOwn(t *testing.T) {
	t.Setenv("SECRET_OF_THE_HOST", "x")
	h := hosttest.New(t, func(s *module.System) { s.Env = map[string]string{"B": "2", "A": "1"} })
	if got := h.Eval(t, `process.env.A = 'changed'; return { ...process.env }`); got != `{"A":"changed","B":"2"}` {
		t.Errorf("process.env is %s", got)
	}
	if h.System().Env["A"] != "1" {
		t.Error("the guest changed the environment of the isolate")
	}
	process.SetEnv(h.Require("process"), "TRACE", "root=1")
	process.SetEnv(h.Require("process"), "B", "")
	if got := h.Eval(t, `return { ...process.env }`); got != `{"A":"changed","TRACE":"root=1"}` {
		t.Errorf("after SetEnv process.env is %s", got)
	}
}

func TestWhatAFunctionCannotDoSaysSo(t *testing.T) {
	t.Parallel()
	h := hosttest.New(t)
	got := h.Eval(t, `return [() => process.chdir('/tmp'), () => process.dlopen({}, 'x'), () => process.setuid(0), () => process.kill(1), () => process.binding('fs')].map((f) => { try { f(); return 'ok' } catch (e) { return e.code } })`)
	want := `["ENOENT","ERR_FEATURE_UNAVAILABLE_ON_PLATFORM","ERR_FEATURE_UNAVAILABLE_ON_PLATFORM","ESRCH","ERR_INVALID_MODULE"]`
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := h.Eval(t, `return [process.cwd(), process.argv, process.execPath]`); got != `["/var/task",["/var/lang/bin/node","/var/runtime/index.mjs"],"/var/lang/bin/node"]` {
		t.Errorf("got %s", got)
	}
}
