package main

import (
	"archive/zip"
	"errors"
	"path/filepath"
	"slices"
	"strings"
)

// wasmRuntime is the runtime identifier of WebAssembly functions.
const wasmRuntime = "provided.al2023"

const (
	wasmExt = ".wasm"
	zipExt  = ".zip"
	// bootstrap is the module of a package that is named after its folder.
	bootstrap = "bootstrap" + wasmExt
	// wasmExport is the export that is the handler if nothing else is said.
	wasmExport = ".handle"
)

// wasmSource is the function of one module. That of a bootstrap.wasm is called
// after its folder and sees all of it, as that of an index.js is.
func wasmSource(path string) source {
	base := filepath.Base(path)
	if base == bootstrap {
		return bootstrapSource(filepath.Dir(path))
	}
	stem := strings.TrimSuffix(base, wasmExt)
	return source{name: stem, path: path, handler: stem + wasmExport, runtime: wasmRuntime}
}

// bootstrapSource is the function of a folder that holds a bootstrap.wasm.
func bootstrapSource(dir string) source {
	return source{name: filepath.Base(dir), path: dir, dir: true, handler: "bootstrap" + wasmExport, runtime: wasmRuntime}
}

// zipSource is the function of a zip archive: of its index file, or of its
// bootstrap.wasm or its only module at the top. If there is none of them it has
// no handler: that can still be given. why says what speaks against it.
func zipSource(path string) (src source, why string) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		if errors.Is(err, zip.ErrFormat) {
			return src, "it is not a zip archive"
		}
		return src, err.Error()
	}
	defer archive.Close()
	src = source{name: strings.TrimSuffix(filepath.Base(path), zipExt), path: path, zip: true}
	var modules []string
	for _, file := range archive.File {
		name := file.Name
		switch ext := filepath.Ext(name); {
		case strings.ContainsAny(name, `/\`):
		case ext == wasmExt:
			modules = append(modules, name)
		case slices.Contains(extensions, ext) && strings.TrimSuffix(name, ext) == "index":
			src.handler = "index.handler"
			return src, ""
		}
	}
	switch {
	case slices.Contains(modules, bootstrap):
		modules = []string{bootstrap}
	case len(modules) == 0:
		return src, ""
	case len(modules) > 1:
		return src, "it holds several modules and no " + bootstrap + ": " + strings.Join(modules, ", ")
	}
	src.handler = strings.TrimSuffix(modules[0], wasmExt) + wasmExport
	src.runtime = wasmRuntime
	return src, ""
}

// hasScript says that a folder's entries hold a script of a module's name: the
// module is the script's then, and no function of its own.
func hasScript(names []string, module string) bool {
	stem := strings.TrimSuffix(module, wasmExt)
	return slices.ContainsFunc(extensions, func(ext string) bool { return slices.Contains(names, stem+ext) })
}
