package codefs

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
)

// CheckZip returns the size of an archive's files together, in bytes, or why
// Zip cannot serve all of them: it reads each to its end. Files that share
// compressed bytes, with which a small archive could pretend to be a large one,
// are refused.
func CheckZip(archive io.ReaderAt, size int64) (unpacked int64, err error) {
	r, _, err := readZip(archive, size)
	if err != nil {
		return 0, err
	}
	if err := checkRanges(r.File, size); err != nil {
		return 0, fmt.Errorf("%w (%w)", ErrNotZip, err)
	}
	for _, f := range r.File {
		if err := checkContent(f); err != nil {
			return 0, fmt.Errorf("%w (%w)", ErrNotZip, err)
		}
		unpacked += int64(f.UncompressedSize64)
	}
	return unpacked, nil
}

var errOverlap = errors.New("files overlap in the archive")

// checkRanges returns an error if the data of two files overlap or lie outside
// the archive.
func checkRanges(files []*zip.File, size int64) error {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(files))
	for _, f := range files {
		at, err := f.DataOffset()
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		if at > size || f.CompressedSize64 > uint64(size-at) {
			return fmt.Errorf("%s: %w", f.Name, zip.ErrFormat)
		}
		if f.CompressedSize64 > 0 {
			spans = append(spans, span{at, at + int64(f.CompressedSize64)})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return errOverlap
		}
	}
	return nil
}

// checkContent unpacks a file to nowhere.
func checkContent(f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	defer r.Close()
	// The reader ends after the size that the archive gives, and checks it and
	// the sum then. One byte more shows that there would have been more.
	n, err := io.Copy(io.Discard, io.LimitReader(r, int64(f.UncompressedSize64)+1))
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	if uint64(n) != f.UncompressedSize64 {
		return fmt.Errorf("%s: %w: its size is not what the archive says", f.Name, zip.ErrFormat)
	}
	return nil
}
