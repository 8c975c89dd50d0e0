package invoker

import (
	"strings"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime"
)

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rt.Close() })
	tests := []struct {
		name string
		cfg  Config
		want string // in the error; empty if there is none
	}{
		{name: "the zero value needs a runtime only", cfg: Config{Runtime: rt}},
		{name: "no runtime", want: "invoker: Config.Runtime is nil"},
		{name: "a negative limit", cfg: Config{Runtime: rt, MaxConnections: -1}, want: "invoker: MaxConnections is -1, want 0 or more"},
		{name: "a negative time", cfg: Config{Runtime: rt, ReadTimeout: -1}, want: "invoker: ReadTimeout is -1, want 0 or more"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := New(tc.cfg)
			if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error = %v, want %q", err, tc.want)
			}
		})
	}
	full, err := Config{Runtime: rt, IdleTimeout: time.Second}.withDefaults()
	if err != nil || full.IdleTimeout != time.Second || full.ReadTimeout != time.Minute || full.MaxConnections != 4096 {
		t.Errorf("defaults: %+v, %v", full, err)
	}
}
