package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/lambent-run/lambent/sandbox/internal/instrument"
)

// bootstrap is the module of a package that names none.
const bootstrap = "bootstrap.wasm"

// maxModule is the size of the largest module, in bytes: Lambda's limit of an
// unpacked package.
const maxModule = 250 << 20

// readModule finds the package's module: the one that the handler string names
// ("module.export"), bootstrap.wasm, or the only one at the top.
func readModule(files fs.FS, handler string) (name string, wasm []byte, err error) {
	if name, err = findModule(files, handler); err != nil {
		return "", nil, err
	}
	info, err := fs.Stat(files, name)
	if err != nil {
		return "", nil, fmt.Errorf("sandbox: %w", err)
	}
	if info.Size() > maxModule {
		return "", nil, &ModuleError{name, fmt.Sprintf("has %d bytes, want %d at most", info.Size(), maxModule)}
	}
	if wasm, err = fs.ReadFile(files, name); err != nil {
		return "", nil, fmt.Errorf("sandbox: %w", err)
	}
	return name, wasm, nil
}

func findModule(files fs.FS, handler string) (string, error) {
	module, _ := splitHandler(handler)
	named := path.Clean(module) + ".wasm"
	for _, name := range []string{named, bootstrap} {
		if !fs.ValidPath(name) {
			continue
		}
		if info, err := fs.Stat(files, name); err == nil && info.Mode().IsRegular() {
			return name, nil
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("sandbox: %w", err)
		}
	}
	only, err := fs.Glob(files, "*.wasm")
	switch {
	case err != nil:
		return "", fmt.Errorf("sandbox: %w", err)
	case len(only) == 1:
		return only[0], nil
	case len(only) > 1:
		return "", &ModuleError{Reason: fmt.Sprintf("the package holds %s, neither %s nor %s", strings.Join(only, ", "), named, bootstrap)}
	}
	return "", &ModuleError{Reason: fmt.Sprintf("the package holds no %s, no %s and no other .wasm file at the top", named, bootstrap)}
}

// splitHandler takes "module.export" apart at the last dot after the last slash.
func splitHandler(handler string) (module, export string) {
	dot := strings.LastIndexByte(handler, '.')
	if dot < 0 || dot < strings.LastIndexByte(handler, '/') {
		return handler, ""
	}
	return handler[:dot], handler[dot+1:]
}

// The names of exports that sandbox/ABI.md gives.
const (
	exportMemory     = "memory"
	exportAlloc      = "lambent_alloc"
	exportRestore    = "lambent_restore"
	exportInitialize = "_initialize"
	exportStart      = "_start"
	exportHandle     = "handle"
)

// entry says how a module is called.
type entry struct {
	// command says that it is a program whose start is export; otherwise it is a
	// reactor whose handler is.
	command bool
	export  string
	// result says that the handler returns a number.
	result bool
	// initialize and restore say that the module has those functions.
	initialize, restore bool
}

var (
	i32     = []instrument.ValType{instrument.I32}
	i32x2   = []instrument.ValType{instrument.I32, instrument.I32}
	nothing []instrument.ValType
)

// findEntry finds the handler, or the start of a command, and checks the types
// of everything that is called.
func findEntry(m *instrument.Module, handler string) (entry, error) {
	_, named := splitHandler(handler)
	var e entry
	for _, name := range []string{named, exportHandle} {
		if e.export == "" && name != "" && name != exportStart && exported(m, name) != nil {
			e.export = name
		}
	}
	if e.export == "" {
		if exported(m, exportStart) == nil {
			return e, fmt.Errorf("it exports neither the handler %q nor %q nor %q; it exports %s", named, exportHandle, exportStart, exports(m))
		}
		e.command, e.export = true, exportStart
		return e, want(m, exportStart, nothing, nothing)
	}
	f := exported(m, e.export)
	e.result = f.Kind == instrument.KindFunc && len(f.Func.Results) > 0
	results := nothing
	if e.result {
		results = i32
	}
	e.initialize, e.restore = exported(m, exportInitialize) != nil, exported(m, exportRestore) != nil
	err := errors.Join(
		want(m, e.export, i32x2, results),
		want(m, exportAlloc, i32, i32),
		optional(m, exportInitialize),
		optional(m, exportRestore),
	)
	if x := exported(m, exportMemory); err == nil && (m.Memory == nil || x == nil || x.Kind != instrument.KindMemory) {
		err = fmt.Errorf("it does not export its memory as %q", exportMemory)
	}
	return e, err
}

// exported returns an export by its name, or nil.
func exported(m *instrument.Module, name string) *instrument.Export {
	i := slices.IndexFunc(m.Exports, func(x instrument.Export) bool { return x.Name == name })
	if i < 0 {
		return nil
	}
	return &m.Exports[i]
}

// want checks that a function of a type is exported.
func want(m *instrument.Module, name string, params, results []instrument.ValType) error {
	x := exported(m, name)
	switch {
	case x == nil:
		return fmt.Errorf("it does not export %q", name)
	case x.Kind != instrument.KindFunc:
		return fmt.Errorf("its export %q is a %s, want a function", name, x.Kind)
	case !slices.Equal(x.Func.Params, params) || !slices.Equal(x.Func.Results, results):
		return fmt.Errorf("its export %q has the type %s, want %s", name, typeText(x.Func.Params, x.Func.Results), typeText(params, results))
	}
	return nil
}

// optional checks the type of a function () -> () that need not be there.
func optional(m *instrument.Module, name string) error {
	if exported(m, name) == nil {
		return nil
	}
	return want(m, name, nothing, nothing)
}

// typeText shows a function's type, "(i32, i32) -> (i32)".
func typeText(params, results []instrument.ValType) string {
	list := func(types []instrument.ValType) string {
		names := make([]string, len(types))
		for i, t := range types {
			names[i] = t.String()
		}
		return "(" + strings.Join(names, ", ") + ")"
	}
	return list(params) + " -> " + list(results)
}

// exports lists some names that a module exports.
func exports(m *instrument.Module) string {
	const most = 10
	var names []string
	for _, x := range m.Exports {
		if x.Kind == instrument.KindFunc {
			names = append(names, fmt.Sprintf("%q", x.Name))
		}
	}
	switch {
	case len(names) == 0:
		return "no function"
	case len(names) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
