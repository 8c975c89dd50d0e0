package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/lambent-run/lambent/runtime/internal/codefs"
	"github.com/lambent-run/lambent/runtime/store"
)

// maxZipped is the size of a zip archive in a request, in bytes; one in S3 may
// be as large as its files may be together.
const maxZipped = 52_428_800

// takeIn checks code and keeps it. The caller holds (codes.hold) until a record
// refers to it; if none does, it is deleted then.
func (r *Registry) takeIn(ctx context.Context, region string, in CodeInput) (Package, error) {
	sources := 0
	for _, given := range []bool{in.ZipFile != nil, in.S3Bucket != "" || in.S3Key != "", in.Local != ""} {
		if given {
			sources++
		}
	}
	switch {
	case in.ImageURI != "":
		return Package{}, errorf(InvalidParameter, "Functions of package type Image are not supported.")
	case sources == 0:
		return Package{}, errorf(InvalidParameter, "Please provide a source for function code.")
	case sources > 1:
		return Package{}, errorf(InvalidParameter, "Please do not provide other FunctionCode parameters when providing a ZipFile.")
	case in.Local != "":
		return takeLocal(in.Local)
	case in.ZipFile != nil:
		if len(in.ZipFile) > maxZipped {
			return Package{}, errorf(TooLarge, "Zipped size must be smaller than %d bytes", maxZipped)
		}
		// Checking first keeps what is no archive out of the store.
		unpacked, err := checkZip(bytes.NewReader(in.ZipFile), int64(len(in.ZipFile)))
		if err != nil {
			return Package{}, err
		}
		p, err := r.keep(ctx, bytes.NewReader(in.ZipFile))
		p.Unpacked = unpacked
		return p, err
	}
	return r.takeObject(ctx, region, in)
}

// takeLocal looks at code that stays where it is.
func takeLocal(path string) (Package, error) {
	_, sum, err := codefs.Local(path)
	if err != nil {
		return Package{}, &Error{InvalidParameter, "The code at " + path + " cannot be read.", err}
	}
	return Package{Sum: sum, Local: path}, nil
}

// takeObject fetches code from S3.
func (r *Registry) takeObject(ctx context.Context, region string, in CodeInput) (Package, error) {
	if r.cfg.Objects == nil {
		return Package{}, errorf(InvalidParameter, "Code in S3 cannot be fetched: S3 is not configured.")
	}
	if in.S3Bucket == "" || in.S3Key == "" {
		return Package{}, errorf(InvalidParameter, "Please provide both S3Bucket and S3Key.")
	}
	object, err := r.cfg.Objects.Fetch(ctx, region, in.S3Bucket, in.S3Key, in.S3ObjectVersion)
	if err != nil {
		return Package{}, err
	}
	defer object.Close()
	p, err := r.keep(ctx, &capped{from: object, left: codefs.MaxUnpacked})
	if err != nil {
		return Package{}, err
	}
	content, err := r.cfg.Blobs.Open(ctx, store.Sum(p.Sum))
	if err != nil {
		return Package{}, fmt.Errorf("registry: check code: %w", err)
	}
	defer content.Close()
	p.Unpacked, err = checkZip(content, content.Size())
	return p, err
}

// keep stores an archive. It is garbage unless a record refers to it when the
// hold ends.
func (r *Registry) keep(ctx context.Context, archive io.Reader) (Package, error) {
	sum, size, err := r.cfg.Blobs.Put(ctx, archive)
	if errors.Is(err, errTooLarge) {
		return Package{}, errTooLarge
	}
	if err != nil {
		return Package{}, fmt.Errorf("registry: keep code: %w", err)
	}
	r.codes.discard(sum)
	return Package{Sum: Sum(sum), Size: size}, nil
}

// checkZip returns the size of an archive's files together, in bytes.
func checkZip(archive io.ReaderAt, size int64) (int64, error) {
	unpacked, err := codefs.CheckZip(archive, size)
	switch {
	case errors.Is(err, codefs.ErrUnpacked):
		return 0, &Error{InvalidParameter, codefs.ErrUnpacked.Error(), err}
	case err != nil:
		return 0, &Error{InvalidParameter, codefs.ErrNotZip.Error(), err}
	}
	return unpacked, nil
}

var errTooLarge = errorf(TooLarge, "Zipped size must be smaller than %d bytes", codefs.MaxUnpacked)

// capped reads so many bytes at most.
type capped struct {
	from io.Reader
	left int64
}

// Read implements io.Reader.
func (c *capped) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
