package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// ignoreFile lists, one a line, what of a folder is not deployed.
const ignoreFile = ".lambentignore"

// neverPacked are names that no function needs.
var neverPacked = []string{".git", ".hg", ".svn", ".DS_Store", ignoreFile}

// packTime is the modification time of all files in a package: the same files
// make the same package, and so the same CodeSha256.
var packTime = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// packFolder makes the zip archive of a folder, without what the patterns of
// exclude and of the folder's .lambentignore match. A pattern matches a name at
// any depth, or, if it holds a slash, a path from the folder on.
func packFolder(dir string, exclude []string) ([]byte, error) {
	patterns, err := ignorePatterns(dir, exclude)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	archive := newArchive(&buf)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w", shown(dir), err)
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if matchesAny(patterns, name) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		return addEntry(archive, root, name, entry)
	})
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w", shown(dir), err)
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("pack %s: %w", shown(dir), err)
	}
	return buf.Bytes(), nil
}

// packFile makes the zip archive of a single file.
func packFile(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	var buf bytes.Buffer
	archive := newArchive(&buf)
	if err := addFile(archive, filepath.Base(file), 0o644, bytes.NewReader(text)); err != nil {
		return nil, fmt.Errorf("pack %s: %w", shown(file), err)
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("pack %s: %w", shown(file), err)
	}
	return buf.Bytes(), nil
}

func newArchive(w io.Writer) *zip.Writer {
	archive := zip.NewWriter(w)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	return archive
}

// addEntry adds what lies at a path of the folder.
func addEntry(archive *zip.Writer, root *os.Root, name string, entry fs.DirEntry) error {
	switch mode := entry.Type(); {
	case mode.IsDir():
		return nil // files bring their folders along
	case mode&fs.ModeSymlink != 0:
		return addLink(archive, root, name)
	case !mode.IsRegular():
		return fmt.Errorf("%s is not a file that can be packed: leave it out with --exclude", name)
	}
	file, err := root.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return addFile(archive, name, packedMode(info.Mode()), file)
}

// packedMode keeps of a file's permissions whether it can be executed.
func packedMode(mode fs.FileMode) fs.FileMode {
	if mode&0o100 != 0 {
		return 0o755
	}
	return 0o644
}

func addFile(archive *zip.Writer, name string, mode fs.FileMode, content io.Reader) error {
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: packTime}
	header.SetMode(mode)
	w, err := archive.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, content)
	return err
}

// addLink adds a symbolic link, which has to stay in the folder.
func addLink(archive *zip.Writer, root *os.Root, name string) error {
	target, err := root.Readlink(name)
	if err != nil {
		return err
	}
	if _, err := root.Stat(name); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is a link to %s, which does not exist: leave it out with --exclude", name, target)
		}
		return fmt.Errorf("%s is a link to %s, which is not in the folder: copy it there, or leave it out with --exclude", name, target)
	}
	return addFile(archive, name, fs.ModeSymlink|0o777, strings.NewReader(filepath.ToSlash(target)))
}

// ignorePatterns are all patterns that hold for a folder.
func ignorePatterns(dir string, exclude []string) ([]string, error) {
	patterns := append([]string(nil), neverPacked...)
	text, err := os.ReadFile(filepath.Join(dir, ignoreFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("pack %s: %w", shown(dir), err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			exclude = append(exclude[:len(exclude):len(exclude)], line)
		}
	}
	for _, pattern := range exclude {
		pattern = strings.TrimSuffix(pattern, "/")
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, usagef("the pattern %q of what is not to be packed: %w", pattern, err)
		}
		patterns = append(patterns, pattern)
	}
	return patterns, nil
}

// matchesAny reports whether a slash-separated path is excluded.
func matchesAny(patterns []string, name string) bool {
	base := path.Base(name)
	for _, pattern := range patterns {
		subject := base
		if inner := strings.TrimPrefix(pattern, "/"); strings.Contains(pattern, "/") {
			pattern, subject = inner, name
		}
		if ok, _ := path.Match(pattern, subject); ok {
			return true
		}
	}
	return false
}
