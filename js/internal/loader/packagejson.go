package loader

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strings"
)

// packageJSON is what resolution needs of a package.json.
type packageJSON struct {
	dir     string // of the file
	found   bool
	invalid error // the text is no JSON object
	name    string
	main    string
	module  bool // "type": "module"
	exports *target
	imports *target
}

// packageAt returns the package.json of dir; one that is not there has found
// unset.
func (p *Program) packageAt(dir string) *packageJSON {
	pkg, _ := memo(p, p.packages, dir, func() (*packageJSON, error) {
		pkg := &packageJSON{dir: dir}
		if p.tree.stat(path.Join(dir, "package.json")) != regular {
			return pkg, nil
		}
		pkg.found = true
		text, err := p.tree.read(path.Join(dir, "package.json"))
		if err == nil {
			err = pkg.parse(text)
		}
		pkg.invalid = err
		return pkg, nil
	})
	return pkg
}

// scope returns the package.json that governs the file at name: the nearest
// one at or above its folder, not above a node_modules folder. It returns nil
// if there is none.
func (p *Program) scope(name string) *packageJSON {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if path.Base(dir) == "node_modules" {
			return nil
		}
		if pkg := p.packageAt(dir); pkg.found {
			return pkg
		}
		if dir == "/" {
			return nil
		}
	}
}

func (pkg *packageJSON) parse(text []byte) error {
	var raw struct {
		Name    any             `json:"name"`
		Main    any             `json:"main"`
		Type    any             `json:"type"`
		Exports json.RawMessage `json:"exports"`
		Imports json.RawMessage `json:"imports"`
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	pkg.name, _ = raw.Name.(string)
	pkg.main, _ = raw.Main.(string)
	pkg.module = raw.Type == "module"
	var err error
	if pkg.exports, err = parseTarget(raw.Exports); err != nil {
		return fmt.Errorf("loader: %s/package.json: exports: %w", pkg.dir, err)
	}
	if pkg.imports, err = parseTarget(raw.Imports); err != nil {
		return fmt.Errorf("loader: %s/package.json: imports: %w", pkg.dir, err)
	}
	return nil
}

// target is a node of an exports or imports map: a path, null, a list of
// alternatives, or an object whose keys are subpaths or conditions, in order.
type target struct {
	kind targetKind
	path string
	list []*target
	keys []string
}

type targetKind int

const (
	targetOther targetKind = iota // a number or boolean: never valid
	targetPath
	targetNull
	targetList
	targetObject
)

// parseTarget keeps the order of keys, which encoding/json does not.
func parseTarget(raw json.RawMessage) (*target, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	return decodeTarget(json.NewDecoder(bytes.NewReader(raw)))
}

func decodeTarget(dec *json.Decoder) (*target, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok := tok.(type) {
	case string:
		return &target{kind: targetPath, path: tok}, nil
	case nil:
		return &target{kind: targetNull}, nil
	case json.Delim:
		t := &target{kind: targetList}
		if tok == '{' {
			t.kind = targetObject
		}
		for dec.More() {
			if t.kind == targetObject {
				key, err := dec.Token()
				if err != nil {
					return nil, err
				}
				t.keys = append(t.keys, key.(string))
			}
			sub, err := decodeTarget(dec)
			if err != nil {
				return nil, err
			}
			t.list = append(t.list, sub)
		}
		_, err := dec.Token() // the closing bracket
		return t, err
	}
	return &target{kind: targetOther, path: fmt.Sprint(tok)}, nil
}

// subpaths reports whether an exports object lists subpaths ("./x") rather than
// conditions. Mixing both is an error.
func (t *target) subpaths() (yes, mixed bool) {
	if t.kind != targetObject || len(t.keys) == 0 {
		return false, false
	}
	yes = strings.HasPrefix(t.keys[0], ".")
	for _, k := range t.keys {
		if strings.HasPrefix(k, ".") != yes {
			return yes, true
		}
	}
	return yes, false
}
