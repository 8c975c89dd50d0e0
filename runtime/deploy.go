package runtime

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/internal/codefs"
	"github.com/lambent-run/lambent/runtime/internal/governor"
	"github.com/lambent-run/lambent/runtime/observe"
)

// Deploy makes fn callable as the version $LATEST, replacing a function of the
// same name: what is in flight finishes on the old code, and the next
// invocation starts on the new. A setting that is refused is a *SettingError. An
// error that the code shows only when it is loaded is the invocation's, as on
// Lambda.
func (r *Runtime) Deploy(ctx context.Context, fn Function) error {
	if !r.enter() {
		return ErrClosed
	}
	defer r.leave()
	v := &version{fn: &deployed{rt: r, id: function.ID{Region: r.cfg.Region, Name: fn.Name}}, name: latest, keep: fn.ProvisionedConcurrency}
	if err := r.compile(ctx, v, fn); err != nil {
		var missing *RuntimeError
		if errors.As(err, &missing) {
			return fn.refuse("Runtime", fmt.Sprintf("no engine runs %s; there are %v", missing.Runtime, missing.Known))
		}
		return err
	}
	return r.install(v)
}

// compile opens the code and makes the program of a version.
func (r *Runtime) compile(ctx context.Context, v *version, fn Function) error {
	fn, err := fn.withDefaults()
	if err != nil {
		return err
	}
	engine, ok := r.engines[fn.Runtime]
	if !ok {
		return &RuntimeError{Function: fn.Name, Runtime: fn.Runtime, Known: slices.Sorted(maps.Keys(r.engines))}
	}
	pkg, sum, err := open(ctx, fn)
	if err != nil {
		return fmt.Errorf("runtime: deploy %s: %w", fn.Name, err)
	}
	if v.program, err = engine.Compile(ctx, pkg); err != nil {
		return fmt.Errorf("runtime: deploy %s: %w", fn.Name, err)
	}
	v.set, v.sha256, v.modified = fn, sum, time.Now()
	v.lines = observe.Lines{
		Function: fn.Name, Version: v.name, Runtime: fn.Runtime, Region: v.fn.id.Region, ARN: r.arn(v.fn.id).String(), MemorySize: fn.MemorySize,
		JSON: fn.LogFormat == logJSON, Level: fn.SystemLogLevel, Provisioned: v.keep > 0,
	}
	v.vars = r.variables(v)
	return nil
}

// open opens the code and the layers.
func open(ctx context.Context, fn Function) (pkg Package, sum [32]byte, err error) {
	code, err := fn.Code.open(ctx)
	if err != nil {
		return pkg, sum, fmt.Errorf("code: %w", err)
	}
	pkg = Package{Files: code.files, Handler: fn.Handler, Runtime: fn.Runtime, Isolation: fn.Isolation}
	if len(fn.Layers) > 0 {
		trees := make([]fs.FS, len(fn.Layers))
		for i, layer := range fn.Layers {
			t, err := layer.open(ctx)
			if err != nil {
				return pkg, sum, fmt.Errorf("layer %d: %w", i+1, err)
			}
			trees[i] = t.files
		}
		pkg.Layers = map[string]fs.FS{layerDir: codefs.Merge(trees...)}
	}
	return pkg, code.sha256, nil
}

// layerDir is where guests see the layers.
const layerDir = "/opt"

// install makes v the version that its name calls.
func (r *Runtime) install(v *version) error {
	r.deploying.Lock()
	defer r.deploying.Unlock()
	fn := r.deployedAs(v.fn.id)
	if err := fn.gate.Set(v.set.ReservedConcurrency, v.keep); err != nil {
		field := "ReservedConcurrency"
		if v.set.ReservedConcurrency == nil || errors.Is(err, governor.ErrAboveReserved) {
			field = "ProvisionedConcurrency"
		}
		return v.set.refuse(field, err.Error())
	}
	v.fn = fn
	v.enable()
	r.publish(fn, &routes{latest: v})
	return nil
}

// refuse is the error for a setting.
func (fn *Function) refuse(field, message string) error {
	return &SettingError{Function: fn.Name, Field: field, Message: message}
}

var errNoCode = errors.New("no code: use Source, Files, File, Dir, Zip or FS")
