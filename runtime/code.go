package runtime

import (
	"context"
	"crypto/sha256"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lambent-run/lambent/runtime/internal/codefs"
)

// Code is a deployment package, made by Source, Files, File, Dir, Zip or FS. An
// error in making it (an unreadable folder, a broken zip) is Deploy's.
type Code struct {
	open    func(context.Context) (tree, error)
	handler string // the default handler; empty: index.handler
}

// tree is an opened Code.
type tree struct {
	files  fs.FS
	sha256 [32]byte
}

// Source is a package of one CommonJS file, index.js, with the given text.
func Source(text string) Code { return Files(map[string]string{"index.js": text}) }

// Files is a package of files by slash-separated path.
func Files(files map[string]string) Code {
	files = maps.Clone(files)
	return Code{open: func(context.Context) (tree, error) { return memory(files) }}
}

// memory makes the tree of texts in memory.
func memory(files map[string]string) (tree, error) {
	t := codefs.NewTree()
	now := time.Now()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data := []byte(files[name])
		if err := t.Add(name, 0o644, int64(len(data)), now, func() ([]byte, error) { return data, nil }); err != nil {
			return tree{}, err
		}
	}
	return hashed(t)
}

// File is the handler file at path. Its handler is named after the file:
// "hello.handler" for hello.js. If its folder holds a package.json or a
// node_modules, it is a package, and the whole folder is the code, so that
// require works as in Node; otherwise the guest sees this file and no other of
// the host's.
func File(path string) Code {
	base := filepath.Base(path)
	return Code{
		handler: strings.TrimSuffix(base, filepath.Ext(base)) + ".handler",
		open:    func(context.Context) (tree, error) { return opened(codefs.File(path)) },
	}
}

// Dir is the folder at path. Symbolic links cannot lead out of it. Its files are
// read when a guest first needs them, so they should stay as they are until the
// function is deployed again.
func Dir(path string) Code {
	return Code{open: func(context.Context) (tree, error) { return opened(codefs.Dir(path)) }}
}

func opened(files fs.FS, sum [32]byte, err error) (tree, error) {
	return tree{files: files, sha256: sum}, err
}

// Zip is a zip archive, as Lambda takes it: at most 250 MB unpacked, without
// paths or symbolic links that lead out of it. The bytes are lent for as long
// as the function is deployed.
func Zip(archive []byte) Code {
	return Code{open: func(context.Context) (tree, error) {
		t, err := codefs.Zip(archive)
		if err != nil {
			return tree{}, err
		}
		// As Lambda's CodeSha256, this is the hash of the archive itself.
		return tree{files: t, sha256: sha256.Sum256(archive)}, nil
	}}
}

// FS is any file system. It must not change while it is deployed.
func FS(fsys fs.FS) Code {
	return Code{open: func(context.Context) (tree, error) { return hashed(fsys) }}
}

// hashed is a file system with the hash of all its names and contents.
func hashed(fsys fs.FS) (tree, error) {
	sum, err := codefs.Hash(fsys)
	return tree{files: fsys, sha256: sum}, err
}
