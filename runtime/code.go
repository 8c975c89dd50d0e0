package runtime

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
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
		open: func(context.Context) (tree, error) {
			info, err := os.Stat(path)
			if err != nil {
				return tree{}, err
			}
			if !info.Mode().IsRegular() {
				return tree{}, fmt.Errorf("%s is not a file; use Dir for a folder", path)
			}
			folder := filepath.Dir(path)
			for _, mark := range []string{"package.json", "node_modules"} {
				if _, err := os.Stat(filepath.Join(folder, mark)); err == nil {
					return openDir(folder)
				}
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return tree{}, err
			}
			return memory(map[string]string{base: string(text)})
		},
	}
}

// Dir is the folder at path. Symbolic links cannot lead out of it. Its files are
// read when a guest first needs them, so they should stay as they are until the
// function is deployed again.
func Dir(path string) Code {
	return Code{open: func(context.Context) (tree, error) { return openDir(path) }}
}

func openDir(path string) (tree, error) {
	info, err := os.Stat(path)
	if err != nil {
		return tree{}, err
	}
	if !info.IsDir() {
		return tree{}, fmt.Errorf("%s is not a folder; use File for a single file", path)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return tree{}, err
	}
	return hashed(root.FS())
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

// hashed hashes all names and contents of a file system.
func hashed(fsys fs.FS) (tree, error) {
	h := sha256.New()
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == ".":
			return err
		case errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist):
			return nil // guests cannot read it either, or it has just gone
		case err != nil:
			return err
		case d.Type().IsRegular():
			return hashFile(h, fsys, path)
		}
		fmt.Fprintf(h, "%s %q\n", d.Type(), path)
		return nil
	})
	if err != nil {
		return tree{}, err
	}
	t := tree{files: fsys}
	h.Sum(t.sha256[:0])
	return t, nil
}

// hashFile adds a file to a hash. One that cannot be read is left out: guests
// cannot read it either.
func hashFile(h hash.Hash, fsys fs.FS, path string) error {
	f, err := fsys.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	each := sha256.New()
	if _, err := io.Copy(each, f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	fmt.Fprintf(h, "%q %x\n", path, each.Sum(nil))
	return nil
}
