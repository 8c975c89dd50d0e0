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

// Deploy makes fn callable, replacing a function of the same name: what is in
// flight finishes on the old code, and the next invocation starts on the new.
// A setting that is refused is a *SettingError. An error that the code shows
// only when it is loaded is the invocation's, as on Lambda.
func (r *Runtime) Deploy(ctx context.Context, fn Function) error {
	if !r.enter() {
		return ErrClosed
	}
	defer r.leave()
	fn, err := fn.withDefaults()
	if err != nil {
		return err
	}
	engine, ok := r.engines[fn.Runtime]
	if !ok {
		known := slices.Sorted(maps.Keys(r.engines))
		return fn.refuse("Runtime", fmt.Sprintf("no engine runs %s; there are %v", fn.Runtime, known))
	}
	v, err := r.compile(ctx, engine, fn)
	if err != nil {
		return fmt.Errorf("runtime: deploy %s: %w", fn.Name, err)
	}
	return r.install(v)
}

// compile opens the code and makes the program of a new version.
func (r *Runtime) compile(ctx context.Context, engine Engine, fn Function) (*version, error) {
	code, err := fn.Code.open()
	if err != nil {
		return nil, fmt.Errorf("code: %w", err)
	}
	var layers map[string]fs.FS
	if len(fn.Layers) > 0 {
		trees := make([]fs.FS, len(fn.Layers))
		for i, layer := range fn.Layers {
			t, err := layer.open()
			if err != nil {
				return nil, fmt.Errorf("layer %d: %w", i+1, err)
			}
			trees[i] = t.files
		}
		layers = map[string]fs.FS{layerDir: codefs.Merge(trees...)}
	}
	program, err := engine.Compile(ctx, Package{Files: code.files, Layers: layers, Handler: fn.Handler, Runtime: fn.Runtime, Isolation: fn.Isolation})
	if err != nil {
		return nil, err
	}
	return &version{
		set:     fn,
		program: program,
		lines: observe.Lines{
			Function: fn.Name, Version: latest, Runtime: fn.Runtime, Region: r.cfg.Region, MemorySize: fn.MemorySize,
			JSON: fn.LogFormat == logJSON, Level: fn.SystemLogLevel, Provisioned: fn.ProvisionedConcurrency > 0,
		},
		vars:     r.variables(&fn),
		sha256:   code.sha256,
		modified: time.Now(),
	}, nil
}

// layerDir is where guests see the layers.
const layerDir = "/opt"

// install makes v the version that its name calls.
func (r *Runtime) install(v *version) error {
	name := v.set.Name
	r.deploying.Lock()
	defer r.deploying.Unlock()
	fn := &deployed{
		rt: r, name: name, gate: r.gov.NewGate(), stream: r.log.Stream(name),
		arn: function.ARN{Region: r.cfg.Region, Account: r.cfg.AccountID, Name: name}.String(),
	}
	found, exists := r.functions.Load(name)
	if exists {
		fn = found.(*deployed)
	}
	if err := fn.gate.Set(v.set.ReservedConcurrency, v.set.ProvisionedConcurrency); err != nil {
		field := "ReservedConcurrency"
		if v.set.ReservedConcurrency == nil || errors.Is(err, governor.ErrAboveReserved) {
			field = "ProvisionedConcurrency"
		}
		return v.set.refuse(field, err.Error())
	}
	v.fn = fn
	v.lines.ARN = fn.arn
	v.group = r.pool.Group(v, v.set.ProvisionedConcurrency)
	old := fn.version.Swap(v)
	if !exists {
		r.functions.Store(name, fn)
	}
	if old != nil {
		old.group.Retire()
	}
	v.group.Refill()
	return nil
}

// refuse is the error for a setting.
func (fn *Function) refuse(field, message string) error {
	return &SettingError{Function: fn.Name, Field: field, Message: message}
}

var errNoCode = errors.New("no code: use Source, Files, File, Dir, Zip or FS")
