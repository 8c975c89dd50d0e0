package codefs

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"slices"
)

// Merge lays file systems on top of each other: a file of a later one hides
// that of an earlier, and folders are merged, as Lambda does with layers.
func Merge(layers ...fs.FS) fs.FS {
	if len(layers) == 1 {
		return layers[0]
	}
	return merged(layers)
}

type merged []fs.FS

var (
	_ fs.ReadDirFS = merged(nil)
	_ fs.StatFS    = merged(nil)
)

// top returns the last layer that has name, and whether it is a folder there.
func (m merged) top(op, name string) (fs.FS, fs.FileInfo, error) {
	for _, layer := range slices.Backward(m) {
		info, err := fs.Stat(layer, name)
		if err == nil {
			return layer, info, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
	}
	return nil, nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

// Stat is fs.StatFS's.
func (m merged) Stat(name string) (fs.FileInfo, error) {
	_, info, err := m.top("stat", name)
	return info, err
}

// Open is fs.FS's.
func (m merged) Open(name string) (fs.File, error) {
	layer, info, err := m.top("open", name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return layer.Open(name)
	}
	entries, err := m.ReadDir(name)
	if err != nil {
		return nil, err
	}
	return &mergedDir{info: info, entries: entries}, nil
}

// ReadDir is fs.ReadDirFS's.
func (m merged) ReadDir(name string) ([]fs.DirEntry, error) {
	if _, _, err := m.top("open", name); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var all []fs.DirEntry
	for _, layer := range slices.Backward(m) {
		if info, err := fs.Stat(layer, name); err != nil || !info.IsDir() {
			if err == nil {
				break // a file hides the folders below it
			}
			continue
		}
		entries, err := fs.ReadDir(layer, name)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !seen[e.Name()] {
				seen[e.Name()] = true
				all = append(all, e)
			}
		}
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return all, nil
}

// mergedDir is an open folder of several layers.
type mergedDir struct {
	info    fs.FileInfo
	entries []fs.DirEntry
}

func (d *mergedDir) Stat() (fs.FileInfo, error) { return d.info, nil }
func (d *mergedDir) Close() error               { return nil }
func (d *mergedDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.info.Name(), Err: errors.New("is a directory")}
}

// ReadDir is fs.ReadDirFile's.
func (d *mergedDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(d.entries)
	} else if len(d.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(d.entries))
	out := d.entries[:n]
	d.entries = d.entries[n:]
	return out, nil
}
