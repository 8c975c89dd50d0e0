package loader

import (
	"errors"
	"net/url"
	"path"
	"strings"
)

// importPath resolves what import "specifier" means in the file from. Core
// modules come back with "node:". Errors are *resolveError.
func (p *Program) importPath(specifier, from string) (string, error) {
	return memo(p, p.resolved, resolveKey{specifier, from, true}, func() (string, error) {
		return p.resolveImport(specifier, from)
	})
}

func (p *Program) resolveImport(specifier, from string) (string, error) {
	switch {
	case coreModules[specifier]:
		return "node:" + specifier, nil
	case strings.HasPrefix(specifier, "node:"):
		return specifier, nil
	case strings.HasPrefix(specifier, "file:"):
		name, ok := fileFromURL(specifier)
		if !ok {
			return "", &resolveError{code: "ERR_INVALID_FILE_URL_PATH", class: "TypeError", message: "File URL path must be absolute"}
		}
		return p.importFile(path.Clean(name), from)
	case strings.HasPrefix(specifier, "/"), isRelative(specifier):
		plain, _, _ := strings.Cut(specifier, "?")
		plain, _, _ = strings.Cut(plain, "#")
		if s, err := url.PathUnescape(plain); err == nil {
			plain = s
		}
		if !strings.HasPrefix(plain, "/") {
			plain = path.Dir(from) + "/" + plain
		}
		name := path.Clean(plain)
		if strings.HasSuffix(plain, "/") && p.tree.stat(name) != directory {
			return "", missingFile(name+"/", from)
		}
		return p.importFile(name, from)
	case strings.HasPrefix(specifier, "#"):
		got, err := p.matchImports(specifier, from, importConditions)
		if err != nil {
			return "", err
		}
		if p.isCore(got) {
			return "node:" + strings.TrimPrefix(got, "node:"), nil
		}
		return p.importFile(got, from)
	}
	if scheme, _, ok := strings.Cut(specifier, ":"); ok && !strings.ContainsAny(scheme, "@/.") {
		return "", errorf("ERR_UNSUPPORTED_ESM_URL_SCHEME", "Only URLs with a scheme in: file, data, and node are supported by the default ESM loader. Received protocol '%s:'", scheme)
	}
	return p.importPackage(specifier, from)
}

func missingFile(name, from string) error {
	return errorf("ERR_MODULE_NOT_FOUND", "Cannot find module '%s' imported from %s", name, from)
}

// importFile checks that a file can be imported. TypeScript files may leave out
// extensions and write ".js" for ".ts", as its compiler lets them.
func (p *Program) importFile(name, from string) (string, error) {
	switch p.tree.stat(name) {
	case regular:
		return p.tree.realpath(name), nil
	case directory:
		if !isTypeScript(from) {
			return "", errorf("ERR_UNSUPPORTED_DIR_IMPORT", "Directory import '%s' is not supported resolving ES modules imported from %s%s", name, from, p.meant(name, from))
		}
	}
	if isTypeScript(from) {
		stem := strings.TrimSuffix(strings.TrimSuffix(name, ".js"), ".mjs")
		for _, candidate := range []string{stem + ".ts", stem + ".mts", name + ".js", name + ".mjs", name + ".json", name + "/index.ts", name + "/index.js"} {
			if p.tree.stat(candidate) == regular {
				return p.tree.realpath(candidate), nil
			}
		}
	}
	return "", errorf("ERR_MODULE_NOT_FOUND", "Cannot find module '%s' imported from %s%s", name, from, p.meant(name, from))
}

// meant adds what require would have found to the message that import finds
// nothing.
func (p *Program) meant(name, from string) string {
	got, err := p.fileOrFolder(name, name, false)
	home := path.Dir(from) + "/"
	if rest, ok := strings.CutPrefix(got, home); err == nil && ok {
		return "\nDid you mean to import \"./" + rest + "\"?"
	}
	return ""
}

func isTypeScript(name string) bool {
	switch path.Ext(name) {
	case ".ts", ".mts", ".cts":
		return true
	}
	return false
}

// importPackage finds a package for import: unlike require, it adds no
// extension to a file inside the package.
func (p *Program) importPackage(specifier, from string) (string, error) {
	m := packageName.FindStringSubmatch(specifier)
	if m == nil {
		return "", errorf("ERR_INVALID_MODULE_SPECIFIER", "Invalid module \"%s\" is not a valid package name imported from %s", specifier, from)
	}
	if pkg := p.scope(from); pkg != nil && pkg.name == m[1] && pkg.exports != nil && pkg.exports.kind != targetNull {
		got, err := p.matchExports(pkg, "."+m[2], importConditions, from)
		if err != nil {
			return "", err
		}
		return p.importFile(got, from)
	}
	for _, dir := range p.modulePaths(path.Dir(from)) {
		home := path.Join(dir, m[1])
		if p.tree.stat(home) != directory {
			continue
		}
		pkg := p.packageAt(home)
		if pkg.invalid != nil {
			return "", errorf("ERR_INVALID_PACKAGE_CONFIG", "Invalid package config %s/package.json.", home)
		}
		if pkg.exports != nil && pkg.exports.kind != targetNull {
			got, err := p.matchExports(pkg, "."+m[2], importConditions, from)
			if err != nil {
				return "", err
			}
			return p.importFile(got, from)
		}
		if m[2] != "" {
			return p.importFile(path.Join(home, m[2]), from)
		}
		got, err := p.folder(home, specifier)
		var re *resolveError
		if errors.As(err, &re) && re.code == "MODULE_NOT_FOUND" {
			return "", errorf("ERR_MODULE_NOT_FOUND", "Cannot find package '%s' imported from %s", home, from)
		}
		return got, err
	}
	return "", errorf("ERR_MODULE_NOT_FOUND", "Cannot find package '%s' imported from %s", m[1], from)
}
