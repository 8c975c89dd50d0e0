package loader

import (
	"errors"
	"path"
	"regexp"
	"strings"
)

// resolveKey is one question to the resolver; answers are kept per program.
type resolveKey struct {
	request, from string
	esm           bool
}

// extensions are tried in this order after the exact name. The last two are
// ours: Node finds no TypeScript without its extension.
var extensions = []string{".js", ".json", ".node", ".ts", ".cts"}

// isCore reports whether a name belongs to a core module, with "node:" or not.
func (p *Program) isCore(name string) bool {
	return coreModules[strings.TrimPrefix(name, "node:")]
}

// require resolves what require(request) means in the file from, which may be
// any name in the folder that matters. Core modules are the caller's business.
// Errors are *resolveError.
func (p *Program) require(request, from string) (string, error) {
	return memo(p, p.resolved, resolveKey{request, from, false}, func() (string, error) {
		return p.requirePath(request, from)
	})
}

func (p *Program) requirePath(request, from string) (string, error) {
	dirOnly := strings.HasSuffix(request, "/") || path.Base(request) == "." || path.Base(request) == ".."
	switch {
	case strings.HasPrefix(request, "/"):
		return p.fileOrFolder(path.Clean(request), request, dirOnly)
	case isRelative(request):
		return p.fileOrFolder(path.Join(path.Dir(from), request), request, dirOnly)
	case strings.HasPrefix(request, "#"):
		got, err := p.matchImports(request, from, requireConditions)
		if err != nil || p.isCore(got) {
			return got, err
		}
		return p.existing(got)
	}
	return p.findPackage(request, from, requireConditions)
}

func isRelative(request string) bool {
	return request == "." || request == ".." || strings.HasPrefix(request, "./") || strings.HasPrefix(request, "../")
}

// packageName splits "@scope/name/sub" into the package's name and "./sub".
var packageName = regexp.MustCompile(`^((?:@[^/\\%]+/)?[^./\\%][^/\\%]*)(/.*)?$`)

// findPackage walks the node_modules folders from the file from upward, then
// the NODE_PATH.
func (p *Program) findPackage(request, from string, cond conditions) (string, error) {
	m := packageName.FindStringSubmatch(request)
	if m != nil {
		if got, ok, err := p.self(m[1], "."+m[2], from, cond); ok || err != nil {
			return got, err
		}
	}
	for _, dir := range p.modulePaths(path.Dir(from)) {
		if p.tree.stat(dir) != directory {
			continue
		}
		if m != nil {
			if pkg := p.packageAt(path.Join(dir, m[1])); pkg.found {
				if pkg.invalid != nil {
					return "", brokenPackage(pkg)
				}
				if pkg.exports != nil && pkg.exports.kind != targetNull {
					got, err := p.matchExports(pkg, "."+m[2], cond, "")
					if err != nil {
						return "", err
					}
					return p.existing(got)
				}
			}
		}
		got, err := p.fileOrFolder(path.Join(dir, request), request, strings.HasSuffix(request, "/"))
		var re *resolveError
		if err == nil || !errors.As(err, &re) || !re.stack {
			return got, err
		}
	}
	return "", notFound(request)
}

// brokenPackage is what require says about a package.json that is no JSON.
func brokenPackage(pkg *packageJSON) error {
	name := path.Join(pkg.dir, "package.json")
	return &resolveError{class: "SyntaxError", message: "Error parsing " + name + ": " + pkg.invalid.Error(), props: map[string]string{"path": name}}
}

// modulePaths lists where packages are looked for from a folder.
func (p *Program) modulePaths(dir string) []string {
	var paths []string
	for ; ; dir = path.Dir(dir) {
		if path.Base(dir) != "node_modules" {
			paths = append(paths, path.Join(dir, "node_modules"))
		}
		if dir == "/" {
			return append(paths, p.nodePath...)
		}
	}
}

// self resolves a package's reference to itself, which only its exports map
// allows.
func (p *Program) self(name, subpath, from string, cond conditions) (string, bool, error) {
	pkg := p.scope(from)
	if pkg == nil || pkg.name != name || pkg.exports == nil || pkg.exports.kind == targetNull {
		return "", false, nil
	}
	got, err := p.matchExports(pkg, subpath, cond, from)
	if err == nil {
		got, err = p.existing(got)
	}
	return got, true, err
}

// existing returns the real path of a file that a map names.
func (p *Program) existing(name string) (string, error) {
	if p.tree.stat(name) != regular {
		return "", errorf("MODULE_NOT_FOUND", "Cannot find module '%s'", name)
	}
	return p.tree.realpath(name), nil
}

func notFound(request string) *resolveError {
	return &resolveError{code: "MODULE_NOT_FOUND", message: "Cannot find module '" + request + "'", stack: true}
}

// fileOrFolder finds the module at name: the file, with an extension if need
// be, or else the folder.
func (p *Program) fileOrFolder(name, request string, dirOnly bool) (string, error) {
	if !dirOnly {
		if p.tree.stat(name) == regular {
			return p.tree.realpath(name), nil
		}
		if got, ok := p.withExtension(name); ok {
			return got, nil
		}
	}
	if p.tree.stat(name) == directory {
		return p.folder(name, request)
	}
	return "", notFound(request)
}

func (p *Program) withExtension(name string) (string, bool) {
	for _, ext := range extensions {
		if p.tree.stat(name+ext) == regular {
			return p.tree.realpath(name + ext), true
		}
	}
	return "", false
}

// folder finds the main file of a folder.
func (p *Program) folder(name, request string) (string, error) {
	pkg := p.packageAt(name)
	if pkg.invalid != nil {
		return "", brokenPackage(pkg)
	}
	if pkg.main != "" {
		main := path.Join(name, pkg.main)
		if p.tree.stat(main) == regular {
			return p.tree.realpath(main), nil
		}
		if got, ok := p.withExtension(main); ok {
			return got, nil
		}
		if got, ok := p.withExtension(path.Join(main, "index")); ok {
			return got, nil
		}
	}
	if got, ok := p.withExtension(path.Join(name, "index")); ok {
		return got, nil
	}
	if pkg.main != "" {
		return "", &resolveError{
			code:    "MODULE_NOT_FOUND",
			message: "Cannot find module '" + path.Join(name, pkg.main) + `'. Please verify that the package.json has a valid "main" entry`,
			props:   map[string]string{"path": path.Join(name, "package.json"), "requestPath": request},
		}
	}
	return "", notFound(request)
}
