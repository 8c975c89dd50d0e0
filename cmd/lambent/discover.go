package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/function"
)

// source is where the code of one function lies.
type source struct {
	name string
	// path is absolute: a handler file, a folder if dir, an archive if zip.
	path     string
	dir, zip bool
	// handler and runtime are empty if the code's defaults fit.
	handler, runtime string
	// found says that it was come across in a folder, not named.
	found bool
}

// code is the deployment package of the source.
func (s source) code() (runtime.Code, error) {
	switch {
	case s.dir:
		return runtime.Dir(s.path), nil
	case !s.zip:
		return runtime.File(s.path), nil
	}
	archive, err := os.ReadFile(s.path)
	if err != nil {
		return runtime.Code{}, fmt.Errorf("read the package: %w", err)
	}
	return runtime.Zip(archive), nil
}

// extensions are those of handler files, in the order in which they are looked
// for.
var extensions = []string{".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"}

// discover finds the functions at the arguments of serve, each a path or
// NAME=PATH, in the order of their names. notes tells what was passed over.
func discover(args []string) (sources []source, notes []string, err error) {
	for _, arg := range args {
		name, path := splitName(arg)
		found, passed, err := discoverAt(path)
		if err != nil {
			return nil, nil, err
		}
		if name != "" {
			if len(found) != 1 {
				return nil, nil, usagef("%s names %d functions: a name can be given to one only", arg, len(found))
			}
			found[0].name = name
		}
		sources = append(sources, found...)
		notes = append(notes, passed...)
	}
	slices.SortStableFunc(sources, func(a, b source) int { return strings.Compare(a.name, b.name) })
	for i, s := range sources {
		if err := function.CheckName(s.name); err != nil {
			return nil, nil, usagef("%s cannot be called %q: a name is 1 to 64 letters, digits, - and _; name it with NAME=%s", shown(s.path), s.name, shown(s.path))
		}
		if i == 0 || sources[i-1].name != s.name {
			continue
		}
		if sources[i-1].path == s.path {
			return nil, nil, usagef("%s is given twice", shown(s.path))
		}
		return nil, nil, usagef("two functions are called %s: %s and %s; give one another name with NAME=PATH",
			s.name, shown(sources[i-1].path), shown(s.path))
	}
	return sources, notes, nil
}

// splitName splits NAME=PATH, unless the whole is a path that exists.
func splitName(arg string) (name, path string) {
	name, path, ok := strings.Cut(arg, "=")
	if _, err := os.Lstat(arg); err == nil || !ok || name == "" || strings.ContainsAny(name, `/\`) {
		return "", arg
	}
	return name, path
}

// discoverAt finds the functions at one path: a handler file, the folder of a
// function, or a folder of functions.
func discoverAt(path string) (sources []source, notes []string, err error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	info, err := os.Stat(abs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, usagef("there is no file or folder %s", path)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("look for functions: %w", err)
	}
	if !info.IsDir() {
		src, why := fileSource(abs)
		if why != "" {
			return nil, nil, usagef("%s: %s", path, why)
		}
		return []source{src}, nil, nil
	}
	if src, ok := folderSource(abs); ok {
		return []source{src}, nil, nil
	}
	entries, err := os.ReadDir(abs)
	if err != nil {
		return nil, nil, fmt.Errorf("look for functions: %w", err)
	}
	sources, notes = childSources(abs, entries)
	if len(sources) == 0 {
		return nil, notes, usagef("%s holds no functions: want files such as hello.js or hello.wasm, or folders with an index.js, "+
			"a package.json or a bootstrap.wasm in them", path)
	}
	return sources, notes, nil
}

// childSources finds the functions in a folder of functions.
func childSources(dir string, entries []fs.DirEntry) (sources []source, notes []string) {
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	for _, name := range names {
		child := filepath.Join(dir, name)
		if strings.HasPrefix(name, ".") || name == "node_modules" {
			continue
		}
		info, err := os.Stat(child)
		switch {
		case err != nil:
			notes = append(notes, fmt.Sprintf("%s: %v", shown(child), err))
		case info.IsDir():
			if src, ok := folderSource(child); ok {
				src.found = true
				sources = append(sources, src)
			}
		case isHandlerFile(name, names):
			src, why := fileSource(child)
			if src.zip && src.handler == "" && why == "" {
				why = "it holds no index.js and no " + bootstrap
			}
			if why != "" {
				notes = append(notes, shown(child)+": "+why)
				continue
			}
			src.found = true
			sources = append(sources, src)
		}
	}
	return sources, notes
}

// fileSource is the function of one handler file. why says what speaks against
// it.
func fileSource(path string) (src source, why string) {
	base := filepath.Base(path)
	ext := filepath.Ext(base)
	switch {
	case ext == wasmExt:
		return wasmSource(path), ""
	case ext == zipExt:
		return zipSource(path)
	case !slices.Contains(extensions, ext):
		return src, "a handler file ends in " + strings.Join(extensions, ", ") + ", " + wasmExt + " or " + zipExt
	}
	stem := strings.TrimSuffix(base, ext)
	if strings.Contains(stem, ".") {
		return src, "the name of a handler file has no dot but that of its extension, because a handler string ends a file's name at the first dot"
	}
	if stem == "index" {
		// A function is called after its folder then, and sees all of it.
		dir := filepath.Dir(path)
		return source{name: filepath.Base(dir), path: dir, dir: true, handler: "index.handler"}, ""
	}
	return source{name: stem, path: path}, ""
}

// isHandlerFile says whether a file in a folder of functions is one: a module,
// an archive, or a script that is neither a declaration, a test nor a tool's
// configuration. beside are the names of all files there.
func isHandlerFile(name string, beside []string) bool {
	ext := filepath.Ext(name)
	switch {
	case ext == wasmExt:
		return !hasScript(beside, name)
	case ext == zipExt:
		return true
	case !slices.Contains(extensions, ext):
		return false
	}
	switch filepath.Ext(strings.TrimSuffix(name, ext)) {
	case ".d", ".test", ".spec", ".config":
		return false
	}
	return true
}

// folderSource is the function of a folder that is one: it has an index file, a
// package.json whose main is there, or a bootstrap.wasm.
func folderSource(dir string) (source, bool) {
	src := source{name: filepath.Base(dir), path: dir, dir: true}
	if main, ok := packageMain(dir); ok {
		src.handler = main + ".handler"
		return src, true
	}
	for _, ext := range extensions {
		if isFile(filepath.Join(dir, "index"+ext)) {
			src.handler = "index.handler"
			return src, true
		}
	}
	if isFile(filepath.Join(dir, bootstrap)) {
		return bootstrapSource(dir), true
	}
	return source{}, false
}

// packageMain returns the main module of the package in dir, without its
// extension, if the package names one that is a file in it.
func packageMain(dir string) (string, bool) {
	text, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return "", false
	}
	var pkg struct{ Main string }
	if json.Unmarshal(text, &pkg) != nil || pkg.Main == "" {
		return "", false
	}
	main := filepath.ToSlash(filepath.Clean(pkg.Main))
	if !filepath.IsLocal(main) {
		return "", false
	}
	if ext := filepath.Ext(main); slices.Contains(extensions, ext) && isFile(filepath.Join(dir, main)) {
		return strings.TrimSuffix(main, ext), true
	}
	for _, ext := range extensions {
		if isFile(filepath.Join(dir, main+ext)) {
			return main, true
		}
	}
	return "", false
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// shown is a path as messages have it: relative if it lies below the working
// directory.
func shown(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(wd, path)
	if err != nil || !filepath.IsLocal(rel) {
		return path
	}
	return rel
}
