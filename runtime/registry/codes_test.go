package registry

import (
	"bytes"
	"context"
	"errors"
	"io"
	goruntime "runtime"
	"strings"
	"testing"
	"testing/synctest"

	"os"
	"path/filepath"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/internal/codefs"
	"github.com/lambent-run/lambent/runtime/store"
)

// bucket is S3 with one object at most.
type bucket struct {
	body io.Reader
	err  error
	got  string
}

func (b *bucket) Fetch(_ context.Context, region, bucket, key, version string) (io.ReadCloser, error) {
	b.got = strings.Join([]string{region, bucket, key, version}, " ")
	if b.err != nil {
		return nil, b.err
	}
	return io.NopCloser(b.body), nil
}

func TestCodeComesFromS3(t *testing.T) {
	t.Parallel()
	noSuchKey := errorf(InvalidParameter, "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.")
	tests := []struct {
		name    string
		s3      bucket
		in      CodeInput
		kind    Kind
		message string // empty: it is taken
	}{
		{"an archive", bucket{body: bytes.NewReader(zipOf("1"))}, CodeInput{S3Bucket: "b", S3Key: "k", S3ObjectVersion: "v"}, 0, ""},
		{"no archive", bucket{body: strings.NewReader("no")}, CodeInput{S3Bucket: "b", S3Key: "k"}, InvalidParameter, codefs.ErrNotZip.Error()},
		{"an object that is not there", bucket{err: noSuchKey}, CodeInput{S3Bucket: "b", S3Key: "k"}, InvalidParameter, noSuchKey.Message},
		{"no key", bucket{}, CodeInput{S3Bucket: "b"}, InvalidParameter, "Please provide both S3Bucket and S3Key."},
		{"an object without end", bucket{body: endless{}}, CodeInput{S3Bucket: "b", S3Key: "k"}, TooLarge, "Zipped size must be smaller than 262144000 bytes"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s3 := &tc.s3
			r := newRegistry(t, Config{Objects: s3})
			if tc.name == "an object without end" {
				// A store that keeps it would only take time.
				r.cfg.Blobs = drain{r.cfg.Blobs}
			}
			in := input("1")
			in.Code = tc.in
			_, err := r.CreateFunction(t.Context(), fn, in)
			if tc.message != "" {
				wantError(t, err, tc.kind, tc.message)
				if n := blobs(t, r); n != 0 {
					t.Errorf("%d contents are left", n)
				}
				return
			}
			if err != nil || s3.got != "us-east-1 b k v" {
				t.Errorf("fetched %q, %v", s3.got, err)
			}
			if got := serves(t, r, "$LATEST"); got != "1" {
				t.Errorf("it serves %q", got)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// drain reads what it is to keep, and keeps nothing.
type drain struct{ store.Blob }

func (drain) Put(_ context.Context, content io.Reader) (store.Sum, int64, error) {
	n, err := io.Copy(io.Discard, content)
	return store.Sum{}, n, err
}

func TestLocalCodeStaysWhereItIs(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	dir := t.TempDir()
	path := filepath.Join(dir, "index.js")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("1")
	in := input("")
	in.Code = CodeInput{Local: dir}
	created := must(t)(r.CreateFunction(t.Context(), fn, in))
	if n := blobs(t, r); n != 0 || serves(t, r, "$LATEST") != "1" {
		t.Errorf("%d contents were kept", n)
	}
	write("2")
	updated := must(t)(r.UpdateFunctionCode(t.Context(), fn, UpdateCodeInput{CodeInput: CodeInput{Local: path}}))
	if updated.CodeSha256 == created.CodeSha256 || serves(t, r, "$LATEST") != "2" {
		t.Errorf("CodeSha256 is still %s", updated.CodeSha256)
	}
	_, err := r.UpdateFunctionCode(t.Context(), fn, UpdateCodeInput{CodeInput: CodeInput{Local: filepath.Join(dir, "none")}})
	if !IsKind(err, InvalidParameter) {
		t.Errorf("a path that is not there: %v", err)
	}
}

func TestContentsAreHeldWhileTheyAreTakenIn(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	first, second := r.codes.hold(), r.codes.hold()
	p, err := r.takeIn(t.Context(), fn.Region, CodeInput{ZipFile: zipOf("1")})
	if err != nil {
		t.Fatal(err)
	}
	first()
	first() // again is once
	r.codes.tidy()
	if n := blobs(t, r); n != 1 {
		t.Errorf("%d contents while one is held", n)
	}
	r.codes.refer([]Package{p}, 1)
	second()
	if n := blobs(t, r); n != 1 {
		t.Errorf("%d contents while one is in use", n)
	}
	r.codes.refer([]Package{p}, -1)
	r.codes.tidy()
	if n := blobs(t, r); n != 0 {
		t.Errorf("%d contents while none is in use", n)
	}
}

// slowBlob deletes when it is told to.
type slowBlob struct {
	store.Blob
	goOn chan struct{}
}

func (s slowBlob) Delete(ctx context.Context, sum store.Sum) error {
	<-s.goOn
	return s.Blob.Delete(ctx, sum)
}

func TestWhatIsBeingDeletedIsNotTakenForKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRegistry(t, Config{})
		must(t)(r.CreateFunction(t.Context(), fn, input("1")))
		slow := slowBlob{r.cfg.Blobs, make(chan struct{})}
		r.codes.blobs = slow
		go func() {
			if err := r.DeleteFunction(t.Context(), fn, ""); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait() // the content is being deleted
		go func() {
			must(t)(r.CreateFunction(t.Context(), named(1), input("1")))
		}()
		synctest.Wait()
		if r.document(named(1)) != nil {
			t.Error("a function refers to what is being deleted")
		}
		close(slow.goOn)
		synctest.Wait()
		if n := blobs(t, r); n != 1 || r.document(named(1)) == nil {
			t.Errorf("%d contents, want that of the new function", n)
		}
	})
}

func TestCodeThatWasReplacedSaysSo(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	d := r.document(fn)
	v, ok, err := r.Version(t.Context(), fn, "$LATEST", d.Latest.Revision)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	open, _, err := v.Code.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	must(t)(r.UpdateFunctionCode(t.Context(), fn, UpdateCodeInput{CodeInput: CodeInput{ZipFile: zipOf("2")}}))
	if f, err := open.Open("index.js"); err != nil {
		t.Errorf("what is open is gone: %v", err)
	} else if err := f.Close(); err != nil {
		t.Error(err)
	}
	goruntime.KeepAlive(open)
	if err := r.Close(); err != nil { // as when nobody has it open
		t.Fatal(err)
	}
	if _, _, err := v.Code.Open(t.Context()); !errors.Is(err, function.ErrReplaced) {
		t.Errorf("Open: %v, want %v", err, function.ErrReplaced)
	}
}

func TestAPackageIsOpenOnceAndClosedAtTheEnd(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	count := &countingBlob{Blob: r.cfg.Blobs}
	r.codes.open.blobs = count
	v, _, err := r.Version(t.Context(), fn, "$LATEST", r.document(fn).Latest.Revision)
	if err != nil {
		t.Fatal(err)
	}
	a, _, errA := v.Code.Open(t.Context())
	b, _, errB := v.Code.Open(t.Context())
	if errA != nil || errB != nil || count.opened != 1 {
		t.Errorf("opened %d times, %v, %v", count.opened, errA, errB)
	}
	sum := store.Sum(r.document(fn).Latest.Code.Sum)
	z := r.codes.open.zips[sum]
	r.codes.open.leave(sum, z)
	if count.closed != 0 {
		t.Error("it was closed while somebody uses it")
	}
	if err := r.Close(); err != nil || count.closed != 1 {
		t.Errorf("closed %d times, %v", count.closed, err)
	}
	r.codes.open.leave(sum, z)
	if count.closed != 1 {
		t.Errorf("closed %d times", count.closed)
	}
	goruntime.KeepAlive(a)
	goruntime.KeepAlive(b)
}

// countingBlob counts open contents.
type countingBlob struct {
	store.Blob
	opened, closed int
}

func (c *countingBlob) Open(ctx context.Context, sum store.Sum) (store.Content, error) {
	c.opened++
	content, err := c.Blob.Open(ctx, sum)
	return countingContent{content, c}, err
}

type countingContent struct {
	store.Content
	of *countingBlob
}

func (c countingContent) Close() error {
	c.of.closed++
	return c.Content.Close()
}
