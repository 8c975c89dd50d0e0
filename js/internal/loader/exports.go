package loader

import (
	"fmt"
	"path"
	"strings"
)

// conditions are the conditions of exports and imports maps that hold; the
// condition "default" always does.
type conditions []string

var (
	requireConditions = conditions{"node", "require", "node-addons"}
	importConditions  = conditions{"node", "import", "node-addons"}
)

func (c conditions) has(name string) bool {
	if name == "default" {
		return true
	}
	for _, s := range c {
		if s == name {
			return true
		}
	}
	return false
}

// errorf makes a resolution error with a code.
func errorf(code, format string, args ...any) *resolveError {
	class := ""
	switch code {
	case "ERR_PACKAGE_IMPORT_NOT_DEFINED", "ERR_INVALID_MODULE_SPECIFIER":
		class = "TypeError"
	}
	return &resolveError{code: code, class: class, message: fmt.Sprintf(format, args...)}
}

// resolveError is why a module was not found, in Node's words. Realm turns it
// into a JavaScript Error.
type resolveError struct {
	code    string
	class   string // the error's class; Error if empty
	message string
	stack   bool // the message ends with the require stack
	props   map[string]string
}

func (e *resolveError) Error() string { return "loader: " + e.message }

// matchExports resolves a subpath ("." or "./x") of a package with an exports
// map. from is the path of the importing file, for messages; it may be empty.
func (p *Program) matchExports(pkg *packageJSON, subpath string, cond conditions, from string) (string, error) {
	by := ""
	if from != "" {
		by = " imported from " + from
	}
	subs, mixed := pkg.exports.subpaths()
	if mixed {
		return "", errorf("ERR_INVALID_PACKAGE_CONFIG", `Invalid package config %s/package.json. "exports" cannot contain some keys starting with '.' and some not. The exports object must either be an object of package subpath keys or an object of main entry condition name keys only.`, pkg.dir)
	}
	m := pkg.exports
	if !subs {
		m = &target{kind: targetObject, keys: []string{"."}, list: []*target{pkg.exports}}
	}
	got, ok, err := p.matchMap(pkg, m, subpath, cond, false)
	if err != nil {
		return "", err
	}
	if ok {
		return got, nil
	}
	if subpath == "." {
		return "", errorf("ERR_PACKAGE_PATH_NOT_EXPORTED", `No "exports" main defined in %s/package.json%s`, pkg.dir, by)
	}
	return "", errorf("ERR_PACKAGE_PATH_NOT_EXPORTED", `Package subpath '%s' is not defined by "exports" in %s/package.json%s`, subpath, pkg.dir, by)
}

// matchImports resolves a name that starts with "#" by the imports map of the
// package that holds from.
func (p *Program) matchImports(name, from string, cond conditions) (string, error) {
	if name == "#" || strings.HasPrefix(name, "#/") {
		return "", errorf("ERR_INVALID_MODULE_SPECIFIER", "Invalid module \"%s\" is not a valid internal imports specifier name imported from %s", name, from)
	}
	pkg := p.scope(from)
	if pkg == nil || pkg.imports == nil || pkg.imports.kind != targetObject {
		where := ""
		if pkg != nil {
			where = " in package " + pkg.dir + "/package.json"
		}
		return "", errorf("ERR_PACKAGE_IMPORT_NOT_DEFINED", `Package import specifier "%s" is not defined%s imported from %s`, name, where, from)
	}
	got, ok, err := p.matchMap(pkg, pkg.imports, name, cond, true)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", errorf("ERR_PACKAGE_IMPORT_NOT_DEFINED", `Package import specifier "%s" is not defined in package %s/package.json imported from %s`, name, pkg.dir, from)
	}
	return got, nil
}

// matchMap looks key up among the subpaths of m: exactly, else by the longest
// pattern with one "*".
func (p *Program) matchMap(pkg *packageJSON, m *target, key string, cond conditions, internal bool) (string, bool, error) {
	if !strings.Contains(key, "*") && !strings.HasSuffix(key, "/") {
		for i, k := range m.keys {
			if k == key {
				return p.matchTarget(pkg, m.list[i], key, "", false, cond, internal)
			}
		}
	}
	best, middle := -1, ""
	for i, k := range m.keys {
		before, after, ok := strings.Cut(k, "*")
		if !ok || strings.Contains(after, "*") || key == before ||
			len(key) < len(k) || !strings.HasPrefix(key, before) || !strings.HasSuffix(key, after) {
			continue
		}
		if best >= 0 && !longerPattern(k, m.keys[best]) {
			continue
		}
		best, middle = i, key[len(before):len(key)-len(after)]
	}
	if best < 0 {
		return "", false, nil
	}
	return p.matchTarget(pkg, m.list[best], m.keys[best], middle, true, cond, internal)
}

// longerPattern reports whether pattern a is more specific than b: it has the
// longer part before "*", or is the longer one as a whole.
func longerPattern(a, b string) bool {
	i, j := strings.IndexByte(a, '*'), strings.IndexByte(b, '*')
	if i != j {
		return i > j
	}
	return len(a) > len(b)
}

// matchTarget resolves one value of a map. ok is false where the specification
// says undefined or null: the key leads nowhere.
func (p *Program) matchTarget(pkg *packageJSON, t *target, key, middle string, pattern bool, cond conditions, internal bool) (got string, ok bool, err error) {
	switch t.kind {
	case targetPath:
		got, err = p.matchPath(pkg, t.path, key, middle, pattern, cond, internal)
		return got, err == nil, err
	case targetNull:
		return "", false, nil
	case targetObject:
		for i, name := range t.keys {
			if !cond.has(name) {
				continue
			}
			if got, ok, err = p.matchTarget(pkg, t.list[i], key, middle, pattern, cond, internal); ok || err != nil {
				return got, ok, err
			}
			if t.list[i].kind == targetNull {
				return "", false, nil // null ends the search, undefined does not
			}
		}
		return "", false, nil
	case targetList:
		var last error
		for _, sub := range t.list {
			got, ok, err = p.matchTarget(pkg, sub, key, middle, pattern, cond, internal)
			if ok {
				return got, true, nil
			}
			if re, is := err.(*resolveError); err != nil && (!is || re.code != "ERR_INVALID_PACKAGE_TARGET") {
				return "", false, err
			}
			last = err
		}
		return "", false, last
	}
	return "", false, invalidTarget(pkg, key, `"`+t.path+`"`, internal)
}

func (p *Program) matchPath(pkg *packageJSON, to, key, middle string, pattern bool, cond conditions, internal bool) (string, error) {
	if !strings.HasPrefix(to, "./") {
		if !internal || strings.HasPrefix(to, "../") || strings.HasPrefix(to, "/") || strings.Contains(to, "://") {
			return "", invalidTarget(pkg, key, `"`+to+`"`, internal)
		}
		name := strings.ReplaceAll(to, "*", middle)
		if p.isCore(name) {
			return name, nil
		}
		return p.findPackage(name, path.Join(pkg.dir, "package.json"), cond)
	}
	if badSegments(to[2:]) {
		return "", invalidTarget(pkg, key, `"`+to+`"`, internal)
	}
	if !pattern {
		return path.Join(pkg.dir, to), nil
	}
	if badSegments(middle) {
		return "", errorf("ERR_INVALID_MODULE_SPECIFIER", `Invalid module "%s" request is not a valid match in pattern "%s" for the "%s" resolution of %s/package.json`, strings.Replace(key, "*", middle, 1), key, mapName(internal), pkg.dir)
	}
	return path.Join(pkg.dir, strings.ReplaceAll(to, "*", middle)), nil
}

// invalidTarget reports a value of a map that leads nowhere; shown is its JSON.
func invalidTarget(pkg *packageJSON, key, shown string, internal bool) error {
	hint := ""
	if !internal && !strings.HasPrefix(shown, `"./`) {
		hint = `; targets must start with "./"`
	}
	if key == "." {
		return errorf("ERR_INVALID_PACKAGE_TARGET", `Invalid "exports" main target %s defined in the package config %s/package.json%s`, shown, pkg.dir, hint)
	}
	return errorf("ERR_INVALID_PACKAGE_TARGET", `Invalid "%s" target %s defined for '%s' in the package config %s/package.json%s`, mapName(internal), shown, key, pkg.dir, hint)
}

func mapName(internal bool) string {
	if internal {
		return "imports"
	}
	return "exports"
}

// badSegments reports whether a path of a map would leave its package or enter
// another one.
func badSegments(p string) bool {
	for _, s := range strings.FieldsFunc(p, func(r rune) bool { return r == '/' || r == '\\' }) {
		switch strings.ToLower(s) {
		case ".", "..", "node_modules", "%2e", "%2e%2e", ".%2e", "%2e.":
			return true
		}
	}
	return strings.Contains(p, "//")
}
