package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// pack is code that is ready to be deployed.
type pack struct {
	name, handler, runtime string
	zip                    []byte
}

// defaultNode is the runtime of JavaScript that names none.
const defaultNode = "nodejs22.x"

// pack makes the package of a folder, file or archive. What it is for is found
// as serve does; flags count more.
func (o *deployOptions) pack(path string) (*pack, error) {
	src, err := deployable(path, o.handler != "")
	if err != nil {
		return nil, err
	}
	p := &pack{
		name:    cmp.Or(o.name, src.name),
		handler: cmp.Or(o.handler, src.handler, src.defaultHandler()),
		runtime: cmp.Or(o.runtime, src.runtime, defaultNode),
	}
	switch folder := filepath.Dir(src.path); {
	case src.zip:
		p.zip, err = os.ReadFile(src.path)
	case src.dir:
		p.zip, err = packFolder(src.path, o.exclude)
	case isPackage(folder):
		p.zip, err = packFolder(folder, o.exclude)
	default:
		p.zip, err = packFile(src.path)
	}
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w", path, err)
	}
	return p, nil
}

// deployable is the one function at a path. With a handler of its own any folder
// will do.
func deployable(path string, handler bool) (source, error) {
	found, _, err := discoverAt(path)
	if err == nil && len(found) == 1 {
		return found[0], nil
	}
	abs, absErr := filepath.Abs(path)
	if absErr != nil {
		return source{}, fmt.Errorf("%s: %w", path, absErr)
	}
	info, statErr := os.Stat(abs)
	switch {
	case statErr == nil && info.IsDir() && handler:
		return source{name: filepath.Base(abs), path: abs, dir: true}, nil
	case statErr == nil && !info.IsDir() && handler && strings.EqualFold(filepath.Ext(abs), zipExt):
		return source{name: strings.TrimSuffix(filepath.Base(abs), filepath.Ext(abs)), path: abs, zip: true}, nil
	case err != nil:
		return source{}, err
	}
	return source{}, usagef("%s holds %d functions: name the file or folder of one, or give --handler", path, len(found))
}
