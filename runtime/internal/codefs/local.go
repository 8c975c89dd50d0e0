package codefs

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Local is the code at a path of this machine: a folder, a zip archive, or a
// handler file. It returns the files and their hash.
func Local(path string) (fs.FS, [32]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, [32]byte{}, err
	case info.IsDir():
		return Dir(path)
	case strings.EqualFold(filepath.Ext(path), ".zip"):
		archive, err := os.ReadFile(path)
		if err != nil {
			return nil, [32]byte{}, err
		}
		t, err := Zip(archive)
		return t, sha256.Sum256(archive), err
	}
	return File(path)
}

// File is the handler file at path. If its folder holds a package.json or a
// node_modules, it is a package, and the whole folder is the code; otherwise it
// is this file and no other.
func File(path string) (fs.FS, [32]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, [32]byte{}, err
	}
	if !info.Mode().IsRegular() {
		return nil, [32]byte{}, fmt.Errorf("%s is not a file; use Dir for a folder", path)
	}
	folder := filepath.Dir(path)
	for _, mark := range []string{"package.json", "node_modules"} {
		if _, err := os.Stat(filepath.Join(folder, mark)); err == nil {
			return Dir(folder)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, [32]byte{}, err
	}
	t := NewTree()
	read := func() ([]byte, error) { return data, nil }
	if err := t.Add(filepath.Base(path), 0o644, int64(len(data)), time.Now(), read); err != nil {
		return nil, [32]byte{}, err
	}
	sum, err := Hash(t)
	return t, sum, err
}

// Dir is the folder at path. Symbolic links cannot lead out of it. Its files are
// read when they are first needed.
func Dir(path string) (fs.FS, [32]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, [32]byte{}, err
	}
	if !info.IsDir() {
		return nil, [32]byte{}, fmt.Errorf("%s is not a folder; use File for a single file", path)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, [32]byte{}, err
	}
	files := root.FS()
	sum, err := Hash(files)
	if err != nil {
		return nil, sum, errors.Join(err, root.Close())
	}
	return files, sum, nil
}

// Hash hashes all names and contents of a file system. Files that cannot be
// read are left out: guests cannot read them either.
func Hash(fsys fs.FS) (sum [32]byte, err error) {
	h := sha256.New()
	err = fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == ".":
			return err
		case errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist):
			return nil // or it has just gone
		case err != nil:
			return err
		case d.Type().IsRegular():
			return hashFile(h, fsys, path)
		}
		fmt.Fprintf(h, "%s %q\n", d.Type(), path)
		return nil
	})
	h.Sum(sum[:0])
	return sum, err
}

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
