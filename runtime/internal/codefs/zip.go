package codefs

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

const (
	// MaxUnpacked is the size of an unpacked package, Lambda's limit.
	MaxUnpacked = 262_144_000
	// maxFiles bounds the files and folders of an archive, whose list is in
	// memory.
	maxFiles = 200_000
	// maxName is the longest path of a file, in bytes.
	maxName = 4096
	// encrypted is the flag of entries that are.
	encrypted = 1
	// maxLink is the longest target of a symbolic link.
	maxLink = 4096
)

// Errors of archives, in Lambda's words.
var (
	ErrNotZip   = errors.New("Could not unzip uploaded file. Please check your file, then try to upload again.")
	ErrUnpacked = fmt.Errorf("Unzipped size must be smaller than %d bytes", MaxUnpacked)
)

// Zip returns the tree of a zip archive. Files are unpacked when they are
// read, never to more than they claim, and all claims together are limited, so
// that an archive cannot be a bomb. Paths and links that lead out of the tree
// are errors.
func Zip(archive []byte) (*Tree, error) {
	return ZipAt(bytes.NewReader(archive), int64(len(archive)))
}

// ZipAt is Zip for an archive that stays where it is, which the tree reads for
// as long as it is used.
func ZipAt(archive io.ReaderAt, size int64) (*Tree, error) {
	_, t, err := readZip(archive, size)
	return t, err
}

// readZip reads an archive's directory and makes a tree of it.
func readZip(archive io.ReaderAt, size int64) (*zip.Reader, *Tree, error) {
	r, err := zip.NewReader(archive, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, nil, fmt.Errorf("%w (%w)", ErrNotZip, err)
	}
	if len(r.File) > maxFiles {
		return nil, nil, fmt.Errorf("%d files, want at most %d", len(r.File), maxFiles)
	}
	// Folders grow at their end, mostly. Of files of one name the last counts.
	slices.SortStableFunc(r.File, func(a, b *zip.File) int {
		return strings.Compare(strings.TrimPrefix(a.Name, "./"), strings.TrimPrefix(b.Name, "./"))
	})
	t := NewTree()
	left := uint64(MaxUnpacked)
	for _, f := range r.File {
		if f.UncompressedSize64 > left {
			return nil, nil, ErrUnpacked
		}
		left -= f.UncompressedSize64
		if err := t.addZip(f); err != nil {
			return nil, nil, err
		}
		if t.nodes > maxFiles {
			return nil, nil, fmt.Errorf("files and folders together, want at most %d", maxFiles)
		}
	}
	return r, t, nil
}

// addZip adds one entry of an archive.
func (t *Tree) addZip(f *zip.File) error {
	name := strings.TrimPrefix(f.Name, "./")
	mode := f.Mode()
	switch {
	case len(name) > maxName:
		return fmt.Errorf("%w: a name of %d bytes", ErrPath, len(name))
	case f.Flags&encrypted != 0:
		return fmt.Errorf("%q is encrypted", name)
	case strings.HasSuffix(name, "/"):
		return t.AddDir(strings.TrimSuffix(name, "/"), f.Modified)
	case name == "":
		return nil // "./" itself
	case mode.Type() == fs.ModeSymlink:
		if f.UncompressedSize64 > maxLink {
			return fmt.Errorf("%w: the target of link %q is too long", ErrPath, name)
		}
		target, err := unpack(f)
		if err != nil {
			return err
		}
		return t.Link(name, string(target))
	case !mode.IsRegular():
		return fmt.Errorf("%q is neither a file nor a folder", name)
	}
	// Archives of systems without permissions have none; all may be read.
	return t.Add(name, mode.Perm()|0o444, int64(f.UncompressedSize64), f.Modified, func() ([]byte, error) { return unpack(f) })
}

// unpack returns the content of an entry, which must be as long as it says.
func unpack(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	defer r.Close()
	var data bytes.Buffer
	n, err := io.Copy(&data, io.LimitReader(r, int64(f.UncompressedSize64)+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	if uint64(n) != f.UncompressedSize64 {
		return nil, fmt.Errorf("%s: %w: its size is not what the archive says", f.Name, zip.ErrFormat)
	}
	return data.Bytes(), nil
}
