package main

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/registry"
)

// localRole stands for the execution role of functions that are served from
// files: they have none, and Lambda's tools want to see one.
const localRole = "arn:aws:iam::000000000000:role/lambent"

// input is what to register for a source.
func (s *settings) input(src source) (registry.CreateInput, error) {
	env, err := parseEnv(s.env)
	if err != nil {
		return registry.CreateInput{}, err
	}
	limit := time.Duration(s.timeout)
	if limit <= 0 || limit%time.Second != 0 {
		return registry.CreateInput{}, usagef("--timeout is %s: Lambda counts whole seconds, from 1 to 900", limit)
	}
	if limit > 900*time.Second {
		return registry.CreateInput{}, usagef("--timeout is %s, want more than 0 and at most 900 seconds", limit)
	}
	if s.memory < 128 || s.memory > 10240 {
		return registry.CreateInput{}, usagef("--memory is %d, want 128 to 10240", s.memory)
	}
	role, timeout, memory := localRole, int(limit/time.Second), s.memory
	runtimeID, handler := cmp.Or(src.runtime, "nodejs22.x"), cmp.Or(s.handler, src.handler, src.defaultHandler())
	return registry.CreateInput{
		SettingsChange: function.SettingsChange{
			Role: &role, Runtime: &runtimeID, Handler: &handler, Timeout: &timeout, MemorySize: &memory,
			Environment: &function.Environment{Variables: env},
		},
		Code: registry.CodeInput{Local: src.path},
	}, nil
}

// defaultHandler is the export "handler" of a file, or of a package's index.
func (s source) defaultHandler() string {
	if s.dir || s.zip {
		return "index.handler"
	}
	base := filepath.Base(s.path)
	return strings.TrimSuffix(base, filepath.Ext(base)) + ".handler"
}

// put registers a function whose code is on this machine, or brings the one of
// that name up to date. Code that cannot be run is an error: a new function is
// not there then, and one that was keeps its old code.
func (b *backend) put(ctx context.Context, id function.ID, in registry.CreateInput) error {
	_, err := b.registry.CreateFunction(ctx, id, in)
	var refusal *registry.Error
	exists := errors.As(err, &refusal) && refusal.Kind == registry.Conflict
	if exists {
		if _, err = b.registry.UpdateFunctionConfiguration(ctx, id, registry.UpdateConfigurationInput{SettingsChange: in.SettingsChange}); err == nil {
			_, err = b.registry.UpdateFunctionCode(ctx, id, registry.UpdateCodeInput{CodeInput: in.Code})
		}
	}
	if err != nil {
		return err
	}
	now, err := b.registry.GetFunctionConfiguration(ctx, id, "")
	switch {
	case err != nil:
		return err
	case now.State == function.StateFailed && !exists:
		return errors.Join(errors.New(now.StateReason), b.registry.DeleteFunction(ctx, id, ""))
	case now.State == function.StateFailed:
		return errors.New(now.StateReason)
	case now.LastUpdateStatus == function.UpdateFailed:
		return errors.New(now.LastUpdateStatusReason)
	}
	return nil
}
