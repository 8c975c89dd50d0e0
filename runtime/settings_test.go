package runtime_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	long := map[string]string{"AA": strings.Repeat("x", 4096-9)} // {"AA":"…"} takes 9
	tests := []struct {
		name  string
		fn    runtime.Function
		field string
		text  string
	}{
		{"only name and code are required", runtime.Function{}, "", ""},
		{"name without forbidden characters", runtime.Function{Name: "a b"}, "Name", "a b"},
		{"runtime that no engine runs", runtime.Function{Runtime: "python3.14"}, "Runtime", "python3.14"},
		{"longest timeout", runtime.Function{Timeout: 900 * time.Second}, "", ""},
		{"timeout beyond that", runtime.Function{Timeout: 901 * time.Second}, "Timeout", "900"},
		{"too little memory", runtime.Function{MemorySize: 127}, "MemorySize", "128"},
		{"too much memory", runtime.Function{MemorySize: 10241}, "MemorySize", "10240"},
		{"too small a /tmp", runtime.Function{EphemeralStorage: 511}, "EphemeralStorage", "512"},
		{"handler with a space", runtime.Function{Handler: "a .b"}, "Handler", "white space"},
		{"handler that is too long", runtime.Function{Handler: strings.Repeat("a", 129)}, "Handler", "128"},
		{"sixth layer", runtime.Function{Layers: make([]runtime.Code, 6)}, "Layers", "5"},
		{"unknown log format", runtime.Function{LogFormat: "xml"}, "LogFormat", "JSON"},
		{"log level in the text format", runtime.Function{LogLevel: "INFO"}, "LogLevel",
			`LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.`},
		{"unknown log level", runtime.Function{LogFormat: "JSON", LogLevel: "LOUD"}, "LogLevel", "FATAL"},
		{"unknown system log level", runtime.Function{LogFormat: "JSON", SystemLogLevel: "ERROR"}, "SystemLogLevel", "WARN"},
		{"variable that begins with an underscore", runtime.Function{Environment: map[string]string{"_A": ""}}, "Environment", `"_A"`},
		{"variable of one letter", runtime.Function{Environment: map[string]string{"A": ""}}, "Environment", `"A"`},
		{"variable with a hyphen", runtime.Function{Environment: map[string]string{"A-B": ""}}, "Environment", `"A-B"`},
		{"reserved variables", runtime.Function{Environment: map[string]string{"AWS_REGION": "x", "AWS_LAMBDA_RUNTIME_API": "y", "OK": "z"}}, "Environment",
			"Reserved keys used in this request: AWS_LAMBDA_RUNTIME_API, AWS_REGION"},
		{"variables of exactly the limit", runtime.Function{Environment: long}, "", ""},
		{"variables beyond the limit", runtime.Function{Environment: map[string]string{"AAA": long["AA"]}}, "Environment",
			`exceeded the 4KB limit. String measured: {"AAA":"xxx`},
		{"provisioned above reserved", runtime.Function{ReservedConcurrency: new(int), ProvisionedConcurrency: 1}, "ProvisionedConcurrency",
			"Requested Provisioned Concurrency should not be greater"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			e := &fakeEngine{}
			rt := start(t, e, runtime.Config{})
			defer stop(t, rt, e)
			fn := tc.fn
			fn.Code = runtime.Source("")
			if fn.Name == "" {
				fn.Name = "f"
			}
			if fn.Runtime == "" {
				fn.Runtime = "fake"
			}
			err := rt.Deploy(t.Context(), fn)
			var refused *runtime.SettingError
			switch {
			case tc.field == "" && err != nil:
				t.Errorf("Deploy() = %v, want success", err)
			case tc.field != "" && (!errors.As(err, &refused) || refused.Field != tc.field || !strings.Contains(refused.Message, tc.text)):
				t.Errorf("Deploy() = %v, want %s refused with %q", err, tc.field, tc.text)
			}
		})
	}
}

func TestFunctionWithoutCodeIsRefused(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{}
	rt := start(t, e, runtime.Config{})
	defer stop(t, rt, e)
	var refused *runtime.SettingError
	if err := rt.Deploy(t.Context(), runtime.Function{Name: "f"}); !errors.As(err, &refused) || refused.Field != "Code" {
		t.Errorf("Deploy() = %v, want Code refused", err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, cfg := range []runtime.Config{{MaxConcurrency: -1}, {MaxIsolates: -1}, {InitTimeout: -1}, {MaxAbandoned: -1}, {RequestRate: -1}} {
		if rt, err := runtime.New(cfg); err == nil {
			rt.Close()
			t.Errorf("New(%+v) succeeds", cfg)
		}
	}
}

func TestGuestsSeeTheVariablesOfLambdaAndNothingOfTheHost(t *testing.T) {
	t.Setenv("LAMBENT_TEST_OF_THE_HOST", "secret")
	var env runtime.Environment
	e := &fakeEngine{init: func(_ context.Context, got runtime.Environment, _ int) error {
		env = got
		return nil
	}}
	rt := start(t, e, runtime.Config{Region: "eu-west-1"})
	deploy(t, rt, runtime.Function{Name: "fn", MemorySize: 192, LogFormat: "JSON", Environment: map[string]string{"TABLE": "users", "TZ": "Europe/Rome"}})
	if _, err := rt.Invoke(t.Context(), "fn", nil); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"TABLE": "users", "TZ": "Europe/Rome", "LANG": "en_US.UTF-8", "PWD": "/var/task", "SHLVL": "0",
		"_HANDLER": "index.handler", "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_EXECUTION_ENV": "AWS_Lambda_fake",
		"AWS_LAMBDA_FUNCTION_NAME": "fn", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "192",
		"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/fn", "AWS_LAMBDA_LOG_STREAM_NAME": env.LogStream,
		"AWS_LAMBDA_RUNTIME_API": "169.254.100.1:9001", "LAMBDA_TASK_ROOT": "/var/task", "LAMBDA_RUNTIME_DIR": "/var/runtime",
		"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO",
		"AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1:2000",
		"_AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1", "_AWS_XRAY_DAEMON_PORT": "2000",
	}
	for key, value := range want {
		if env.Vars[key] != value {
			t.Errorf("%s is %q, want %q", key, env.Vars[key], value)
		}
	}
	for _, key := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "NODE_PATH", "PATH", "LD_LIBRARY_PATH"} {
		if env.Vars[key] == "" {
			t.Errorf("%s is not set", key)
		}
		want[key] = ""
	}
	for key := range maps.Keys(env.Vars) {
		if _, ok := want[key]; !ok {
			t.Errorf("unexpected variable %s", key)
		}
	}
	if !env.LogJSON || env.LogLevel != "INFO" || env.LogGroup != "/aws/lambda/fn" || env.MemorySize != 192 || env.FunctionName != "fn" || env.Tmp == nil || env.HTTP == nil {
		t.Errorf("%+v", env)
	}
	stop(t, rt, e)
}

func TestNetworkCanBeForbidden(t *testing.T) {
	t.Parallel()
	e := &fakeEngine{init: func(_ context.Context, env runtime.Environment, _ int) error {
		if env.HTTP != nil {
			t.Error("the guest has a network")
		}
		return nil
	}}
	rt := start(t, e, runtime.Config{NoNetwork: true})
	deploy(t, rt, runtime.Function{})
	if _, err := rt.Invoke(t.Context(), "f", nil); err != nil {
		t.Error(err)
	}
	stop(t, rt, e)
}
