package snapshot

import (
	"bytes"
	"fmt"
	"os"
	"slices"
)

// Image is the content that memories start with. It does not change and may be
// used from any goroutine. A nil Image is that of an empty memory.
type Image struct {
	size uint64
	// file holds the content where it can be mapped; otherwise heap does.
	file *os.File
	heap []byte
}

// Capture copies the content of a memory.
func Capture(content []byte) (*Image, error) { return capture(content, true) }

func capture(content []byte, mapped bool) (*Image, error) {
	im := &Image{size: uint64(len(content))}
	if mapped && len(content) > 0 {
		if file, err := memoryFile(content); err == nil {
			im.file = file
			return im, nil
		}
	}
	im.heap = slices.Clone(content)
	return im, nil
}

// Size is the size of the content in bytes.
func (im *Image) Size() uint64 {
	if im == nil {
		return 0
	}
	return im.size
}

// Shared reports whether memories share the content until they write to it.
func (im *Image) Shared() bool { return im != nil && im.file != nil }

// content returns a copy of the content.
func (im *Image) content() ([]byte, error) {
	if im.file == nil {
		return slices.Clone(im.heap), nil
	}
	text := make([]byte, im.size)
	if _, err := im.file.ReadAt(text, 0); err != nil {
		return nil, fmt.Errorf("snapshot: read image: %w", err)
	}
	return text, nil
}

// Close frees the content. Mappings of it live on.
func (im *Image) Close() error {
	im.heap = nil
	if im.file == nil {
		return nil
	}
	return im.file.Close()
}

// Same reports whether the memory is, byte for byte, the image.
func (im *Image) Same(content []byte) (bool, error) {
	want, err := im.content()
	return bytes.Equal(content, want), err
}

// runs calls write for each stretch of pages that are not all zero.
func runs(content []byte, write func(part []byte, at int64) error) error {
	zeros := make([]byte, pageSize)
	page := func(i int) []byte { return content[i:min(i+pageSize, len(content))] }
	blank := func(i int) bool { p := page(i); return bytes.Equal(p, zeros[:len(p)]) }
	for begin := 0; begin < len(content); {
		if blank(begin) {
			begin += pageSize
			continue
		}
		end := begin + pageSize
		for end < len(content) && !blank(end) {
			end += pageSize
		}
		if err := write(content[begin:min(end, len(content))], int64(begin)); err != nil {
			return err
		}
		begin = end
	}
	return nil
}
