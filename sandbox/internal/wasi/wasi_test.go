package wasi

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"github.com/lambent-run/lambent/js/node/fs/scratch"
	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// guest is a module that does nothing but call the functions of WASI, each
// through a function of the same name that it exports.
type guest struct {
	t   testing.TB
	mod api.Module
	p   *Process
}

type processKey struct{}

func newGuest(t testing.TB, p *Process) *guest {
	t.Helper()
	ctx := context.WithValue(t.Context(), processKey{}, p)
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	t.Cleanup(func() { _ = rt.Close(context.Background()) })
	b := rt.NewHostModuleBuilder(ModuleName)
	Export(b, func(ctx context.Context, _ api.Module) *Process { return ctx.Value(processKey{}).(*Process) })
	if _, err := b.Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
	mod, err := rt.Instantiate(ctx, trampolines())
	if err != nil {
		t.Fatal(err)
	}
	return &guest{t, mod, p}
}

// trampolines assembles the guest: one page of memory, and for each function an
// import and an exported function that calls it with its own arguments.
func trampolines() []byte {
	names := []string{"proc_exit"}
	for name := range functions {
		names = append(names, name)
	}
	slices.Sort(names)
	vector := func(items ...[]byte) []byte { return append([]byte{byte(len(items))}, bytes.Join(items, nil)...) }
	text := func(s string) []byte { return append([]byte{byte(len(s))}, s...) }
	var types, imports, funcs, exports, code [][]byte
	for i, name := range names {
		params, results := functions[name].params, []byte{1, 0x7f}
		if name == "proc_exit" {
			params, results = "i", []byte{0}
		}
		kinds := []byte{0x60, byte(len(params))}
		body := []byte{0}
		for j, kind := range params {
			kinds = append(kinds, map[rune]byte{'i': 0x7f, 'I': 0x7e}[kind])
			body = append(body, 0x20, byte(j)) // local.get
		}
		body = append(body, 0x10, byte(i), 0x0b) // call, end
		types = append(types, append(kinds, results...))
		imports = append(imports, slices.Concat(text(ModuleName), text(name), []byte{0, byte(i)}))
		funcs = append(funcs, []byte{byte(i)})
		exports = append(exports, slices.Concat(text(name), []byte{0, byte(len(names) + i)}))
		code = append(code, append([]byte{byte(len(body))}, body...))
	}
	wasm := []byte("\x00asm\x01\x00\x00\x00")
	section := func(id byte, content []byte) {
		n := len(content)
		wasm = append(wasm, id, byte(n&0x7f|0x80), byte(n>>7))
		wasm = append(wasm, content...)
	}
	section(1, vector(types...))
	section(2, vector(imports...))
	section(3, vector(funcs...))
	section(5, []byte{1, 0, 1})
	section(7, vector(append(exports, append(text("memory"), 2, 0))...))
	section(10, vector(code...))
	return wasm
}

// call calls a function and returns the number it answers.
func (g *guest) call(name string, args ...uint64) wasifs.Errno {
	g.t.Helper()
	res, err := g.mod.ExportedFunction(name).Call(context.WithValue(g.t.Context(), processKey{}, g.p), args...)
	if err != nil {
		g.t.Fatalf("%s%v: %v", name, args, err)
	}
	return wasifs.Errno(res[0])
}

// want calls a function and fails the test if the number is another.
func (g *guest) want(want wasifs.Errno, name string, args ...uint64) {
	g.t.Helper()
	if got := g.call(name, args...); got != want {
		g.t.Errorf("%s%v = %d, want %d", name, args, got, want)
	}
}

// Places in the guest's memory.
const (
	atPath    = 0x1000
	atOther   = 0x2000
	atVectors = 0x3000
	atResult  = 0x3100
	atData    = 0x4000
	root      = 3
	followed  = 1
)

func (g *guest) put(at uint32, s string) (ptr, n uint64) {
	g.mod.Memory().Write(at, []byte(s))
	return uint64(at), uint64(len(s))
}

func (g *guest) result() uint32 {
	v, _ := g.mod.Memory().ReadUint32Le(atResult)
	return v
}

// open opens a path below the root, as POSIX says it.
func (g *guest) open(path string, flag int) (fd uint64, errno wasifs.Errno) {
	g.t.Helper()
	ptr, n := g.put(atPath, path)
	var oflags, fdflags uint64
	rights := uint64(rightRead)
	switch flag & (os.O_WRONLY | os.O_RDWR) {
	case os.O_WRONLY:
		rights = rightWrite
	case os.O_RDWR:
		rights |= rightWrite
	}
	for bit, o := range map[int]uint64{os.O_CREATE: openCreate, os.O_EXCL: openExclusive, os.O_TRUNC: openTruncate} {
		if flag&bit != 0 {
			oflags |= o
		}
	}
	if flag&os.O_APPEND != 0 {
		fdflags = flagAppend
	}
	errno = g.call("path_open", root, followed, ptr, n, oflags, rights, rights, fdflags, atResult)
	return uint64(g.result()), errno
}

func (g *guest) mustOpen(path string, flag int) uint64 {
	g.t.Helper()
	fd, errno := g.open(path, flag)
	if errno != 0 {
		g.t.Fatalf("open %s: %d", path, errno)
	}
	return fd
}

func (g *guest) write(fd uint64, s string) wasifs.Errno {
	g.t.Helper()
	ptr, n := g.put(atData, s)
	g.vector(ptr, n)
	return g.call("fd_write", fd, atVectors, 1, atResult)
}

func (g *guest) vector(ptr, n uint64) {
	g.mod.Memory().WriteUint32Le(atVectors, uint32(ptr))
	g.mod.Memory().WriteUint32Le(atVectors+4, uint32(n))
}

func (g *guest) read(fd uint64) string {
	g.t.Helper()
	g.vector(atData, 4096)
	g.want(0, "fd_read", fd, atVectors, 1, atResult)
	b, _ := g.mod.Memory().Read(atData, g.result())
	return string(b)
}

// tmp makes the environment's scratch a wasifs.Scratch.
type tmp struct{ *scratch.Tmp }

func (t tmp) Open(name string, flag int, perm fs.FileMode) (wasifs.ScratchFile, error) {
	return t.Tmp.Open(name, flag, perm)
}

func newFS(t testing.TB, limit int64) *wasifs.FS {
	s := scratch.New(limit)
	t.Cleanup(func() { _ = s.Close() })
	return wasifs.New(wasifs.NewTree(map[string]fs.FS{
		wasifs.CodeDir: fstest.MapFS{
			"data.txt":  {Data: []byte("of the code"), Mode: 0o644},
			"lib/a.txt": {Data: []byte("a"), Mode: 0o644},
		},
		"/opt": fstest.MapFS{"layer.txt": {Data: []byte("of a layer"), Mode: 0o644}},
	}), tmp{s})
}

func TestArgumentsAndVariables(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{Args: []string{"app.handler", ""}, Env: []string{"A=1", "LONGER=two words"}})
	g.want(0, "args_sizes_get", atResult, atOther)
	if n, _ := g.mod.Memory().ReadUint32Le(atOther); g.result() != 2 || n != 13 {
		t.Errorf("args_sizes_get: %d strings, %d bytes; want 2, 13", g.result(), n)
	}
	g.want(0, "args_get", atOther, atData)
	if b, _ := g.mod.Memory().Read(atData, 13); string(b) != "app.handler\x00\x00" {
		t.Errorf("args_get wrote %q", b)
	}
	if p, _ := g.mod.Memory().ReadUint32Le(atOther + 4); p != atData+12 {
		t.Errorf("args_get: second pointer %#x, want %#x", p, atData+12)
	}
	g.want(0, "environ_get", atOther, atData)
	if b, _ := g.mod.Memory().Read(atData, 21); string(b) != "A=1\x00LONGER=two words\x00" {
		t.Errorf("environ_get wrote %q", b)
	}
	g.want(wasifs.EFAULT, "environ_get", atOther, 65530)
	g.want(wasifs.EFAULT, "args_get", 65530, atData)
}

func TestStreams(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	g := newGuest(t, &Process{Stdin: strings.NewReader(`{"a":1}`), Stdout: &out, Stderr: &errs})
	if got := g.read(0) + g.read(0); got != `{"a":1}` {
		t.Errorf("stdin gave %q", got)
	}
	if e := g.write(1, "answer"); e != 0 || out.String() != "answer" {
		t.Errorf("stdout: %d, %q", e, out.String())
	}
	if e := g.write(2, "log"); e != 0 || errs.String() != "log" {
		t.Errorf("stderr: %d, %q", e, errs.String())
	}
	g.want(wasifs.EBADF, "fd_write", 0, atVectors, 1, atResult)
	g.want(wasifs.EBADF, "fd_read", 1, atVectors, 1, atResult)
	g.want(wasifs.EBADF, "fd_read", 3, atVectors, 1, atResult)
	g.want(wasifs.ESPIPE, "fd_seek", 0, 0, 0, atResult)
	g.want(wasifs.ENOTSOCK, "sock_recv", 0, 0, 0, 0, 0, 0)
}

type refusing struct{}

func (refusing) Write([]byte) (int, error) { return 0, wasifs.EFBIG }

func TestWriterChoosesTheNumberOfItsError(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{Stdout: refusing{}})
	if e := g.write(1, "x"); e != wasifs.EFBIG {
		t.Errorf("fd_write = %d, want %d", e, wasifs.EFBIG)
	}
}

func TestFilesOfTmp(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{FS: newFS(t, 1<<20)})
	fd := g.mustOpen("tmp/f", os.O_RDWR|os.O_CREATE)
	if e := g.write(fd, "hello world"); e != 0 {
		t.Fatal(e)
	}
	g.want(0, "fd_seek", fd, uint64(0xfffffffffffffffb), seekEnd, atResult) // -5
	if got := g.read(fd); got != "world" {
		t.Errorf("read %q after seeking to the last 5 bytes", got)
	}
	g.want(0, "fd_seek", fd, 0, seekSet, atResult)
	g.want(0, "fd_filestat_set_size", fd, 5)
	if got := g.read(fd); got != "hello" {
		t.Errorf("read %q after truncating to 5", got)
	}
	g.want(wasifs.EINVAL, "fd_seek", fd, math.MaxUint64-99, seekSet, atResult)
	g.want(wasifs.EINVAL, "fd_seek", fd, 0, 3, atResult)
	more := g.mustOpen("tmp/f", os.O_WRONLY|os.O_APPEND)
	if e := g.write(more, ", too"); e != 0 {
		t.Fatal(e)
	}
	g.want(wasifs.EBADF, "fd_read", more, atVectors, 1, atResult)
	g.want(0, "fd_seek", fd, 0, seekSet, atResult)
	if got := g.read(fd); got != "hello, too" {
		t.Errorf("read %q after appending", got)
	}
	g.want(0, "fd_allocate", fd, 0, 100)
	g.want(0, "fd_filestat_get", fd, atData)
	if size, _ := g.mod.Memory().ReadUint64Le(atData + 32); size != 100 {
		t.Errorf("size %d after allocating 100", size)
	}
	g.want(0, "fd_close", fd)
	g.want(wasifs.EBADF, "fd_close", fd)
}

func TestPathsOfTheGuest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path string
		flag       int
		want       wasifs.Errno
	}{
		{"code is readable", "var/task/data.txt", os.O_RDONLY, 0},
		{"layer is readable", "opt/layer.txt", os.O_RDONLY, 0},
		{"code is not writable", "var/task/data.txt", os.O_RDWR, wasifs.EROFS},
		{"code cannot grow", "var/task/new", os.O_RDWR | os.O_CREATE, wasifs.EROFS},
		{"nothing grows beside the trees", "etc", os.O_RDWR | os.O_CREATE, wasifs.EROFS},
		{"file that is missing", "var/task/none", os.O_RDONLY, wasifs.ENOENT},
		{"path through a file", "var/task/data.txt/x", os.O_RDONLY, wasifs.ENOTDIR},
		{"slash after a file", "var/task/data.txt/", os.O_RDONLY, wasifs.ENOTDIR},
		{"host's files are not there", "etc/passwd", os.O_RDONLY, wasifs.ENOENT},
		{"path that climbs out", "../etc/passwd", os.O_RDONLY, wasifs.EPERM},
		{"path that climbs out later", "var/../../etc/passwd", os.O_RDONLY, wasifs.EPERM},
		{"path that stays inside", "var/../opt/layer.txt", os.O_RDONLY, 0},
		{"absolute path", "/etc/passwd", os.O_RDONLY, wasifs.EPERM},
		{"NUL in a path", "tmp/a\x00b", os.O_RDWR | os.O_CREATE, wasifs.EINVAL},
		{"empty path", "", os.O_RDONLY, wasifs.ENOENT},
		{"path that is too long", strings.Repeat("a", 4095), os.O_RDONLY, wasifs.ENAMETOOLONG},
		{"path that is too deep", strings.Repeat("a/", 200), os.O_RDONLY, wasifs.ENAMETOOLONG},
		{"folder for writing", "tmp", os.O_RDWR, wasifs.EISDIR},
		{"folder above the trees", "var", os.O_RDONLY, 0},
		{"folder itself", ".", os.O_RDONLY, 0},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g := newGuest(t, &Process{FS: newFS(t, 1<<20)})
			if _, errno := g.open(tc.path, tc.flag); errno != tc.want {
				t.Errorf("open %q = %d, want %d", tc.path, errno, tc.want)
			}
		})
	}
}

func TestPathsAreRelativeToOpenFolders(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{FS: newFS(t, 1<<20)})
	dir := g.mustOpen("var/task/lib", os.O_RDONLY)
	ptr, n := g.put(atPath, "a.txt")
	g.want(0, "path_open", dir, 0, ptr, n, 0, rightRead, 0, 0, atResult)
	if got := g.read(uint64(g.result())); got != "a" {
		t.Errorf("read %q", got)
	}
	ptr, n = g.put(atPath, "../../../../tmp")
	g.want(wasifs.EPERM, "path_open", dir, 0, ptr, n, 0, rightRead, 0, 0, atResult)
	file := g.mustOpen("var/task/data.txt", os.O_RDONLY)
	g.want(wasifs.ENOTDIR, "path_open", file, 0, ptr, n, 0, rightRead, 0, 0, atResult)
	g.want(wasifs.ENOTDIR, "path_open", 0, 0, ptr, n, 0, rightRead, 0, 0, atResult)
}

func TestFullTmpSaysSo(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{FS: newFS(t, 4096)})
	fd := g.mustOpen("tmp/f", os.O_RDWR|os.O_CREATE)
	g.want(wasifs.ENOSPC, "fd_allocate", fd, 0, 1<<40)
	if e := g.write(fd, strings.Repeat("x", 8192)); e != wasifs.ENOSPC {
		t.Errorf("fd_write = %d, want %d", e, wasifs.ENOSPC)
	}
}

func TestDescriptorsRunOut(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{FS: newFS(t, 1<<20)})
	for fd := uint64(4); fd < maxDescriptors; fd++ {
		if got := g.mustOpen("var/task/data.txt", os.O_RDONLY); got != fd {
			t.Fatalf("descriptor %d, want %d", got, fd)
		}
	}
	if _, errno := g.open("var/task/data.txt", os.O_RDONLY); errno != wasifs.EMFILE {
		t.Errorf("open = %d, want %d", errno, wasifs.EMFILE)
	}
	g.want(0, "fd_close", 500)
	if fd := g.mustOpen("tmp", os.O_RDONLY); fd != 500 {
		t.Errorf("descriptor %d, want the one that was closed", fd)
	}
}

func TestResetGivesBackTheDescriptorsOfTheStart(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{FS: newFS(t, 1<<20)})
	if g.want(0, "fd_prestat_get", root, atData); g.p.Changed() {
		t.Error("changed by a question")
	}
	fd := g.mustOpen("tmp/f", os.O_RDWR|os.O_CREATE)
	g.want(0, "fd_close", 0)
	g.want(0, "fd_renumber", fd, root)
	g.want(wasifs.EBADF, "fd_prestat_get", root, atData)
	if !g.p.Changed() {
		t.Error("not changed by opening, closing and moving descriptors")
	}
	g.p.Reset()
	if g.p.Changed() {
		t.Error("changed after Reset")
	}
	g.want(0, "fd_prestat_get", root, atData)
	g.want(0, "fd_read", 0, atVectors, 0, atResult)
	g.want(wasifs.EBADF, "fd_tell", fd, atResult)
}

func TestRenumberingIsBounded(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{FS: newFS(t, 1<<20)})
	g.want(wasifs.EBADF, "fd_renumber", root, math.MaxInt32)
	g.want(wasifs.EBADF, "fd_renumber", root, maxDescriptors)
	g.want(wasifs.EBADF, "fd_renumber", 77, 5)
	g.want(0, "fd_renumber", root, maxDescriptors-1)
	g.want(0, "fd_prestat_get", maxDescriptors-1, atData)
}

// names reads a folder in buffers of a size.
func (g *guest) names(fd uint64, size uint64) []string {
	g.t.Helper()
	var names []string
	for cookie := uint64(0); ; {
		g.want(0, "fd_readdir", fd, atData, size, cookie, atResult)
		b, _ := g.mod.Memory().Read(atData, g.result())
		full := uint64(len(b)) == size
		for len(b) >= direntSize {
			n := int(le.Uint32(b[16:]))
			if len(b) < direntSize+n {
				break
			}
			names = append(names, string(b[direntSize:direntSize+n]))
			cookie, b = le.Uint64(b), b[direntSize+n:]
		}
		if !full {
			return names
		}
	}
}

func TestListingFolders(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{FS: newFS(t, 1<<20)})
	ptr, n := g.put(atPath, "tmp/folder")
	g.want(0, "path_create_directory", root, ptr, n)
	for _, name := range []string{"c", "a", strings.Repeat("b", 200)} {
		g.want(0, "fd_close", g.mustOpen("tmp/folder/"+name, os.O_RDWR|os.O_CREATE))
	}
	tests := []struct {
		name, path string
		want       []string
	}{
		{"root", ".", []string{".", "..", "opt", "tmp", "var"}},
		{"folder above the code", "var", []string{".", "..", "task"}},
		{"code", "var/task", []string{".", "..", "data.txt", "lib"}},
		{"folder of tmp", "tmp/folder", []string{".", "..", "a", strings.Repeat("b", 200), "c"}},
	}
	for _, tc := range tests {
		fd := g.mustOpen(tc.path, os.O_RDONLY)
		for _, size := range []uint64{256, 300, 4096} {
			if got := g.names(fd, size); !slices.Equal(got, tc.want) {
				t.Errorf("%s in buffers of %d: %q, want %q", tc.name, size, got, tc.want)
			}
		}
	}
	g.want(wasifs.ENOTDIR, "fd_readdir", g.mustOpen("tmp/folder/a", os.O_RDONLY), atData, 256, 0, atResult)
}

func TestLinks(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{FS: newFS(t, 1<<20)})
	link := func(target, path string) wasifs.Errno {
		t.Helper()
		tp, tn := g.put(atOther, target)
		ptr, n := g.put(atPath, path)
		return g.call("path_symlink", tp, tn, root, ptr, n)
	}
	for path, target := range map[string]string{
		"tmp/code": "/var/task", "tmp/out": "../../../../etc/passwd", "tmp/host": "/etc/passwd",
		"tmp/loop": "loop", "tmp/file": "code/data.txt",
	} {
		if e := link(target, path); e != 0 {
			t.Errorf("link %s -> %s: %d", path, target, e)
		}
	}
	if e := link("x", "var/task/l"); e != wasifs.EROFS {
		t.Errorf("link in the code: %d, want %d", e, wasifs.EROFS)
	}
	if got := g.read(g.mustOpen("tmp/file", os.O_RDONLY)); got != "of the code" {
		t.Errorf("read %q through two links", got)
	}
	for path, want := range map[string]wasifs.Errno{
		"tmp/out": wasifs.ENOENT, "tmp/host": wasifs.ENOENT, "tmp/loop": wasifs.ELOOP, "tmp/code/none": wasifs.ENOENT,
	} {
		if _, e := g.open(path, os.O_RDONLY); e != want {
			t.Errorf("open %s: %d, want %d", path, e, want)
		}
	}
	if _, e := g.open("tmp/code/new", os.O_RDWR|os.O_CREATE); e != wasifs.EROFS {
		t.Errorf("create through a link to the code: %d, want %d", e, wasifs.EROFS)
	}
	ptr, n := g.put(atPath, "tmp/code")
	g.want(0, "path_readlink", root, ptr, n, atData, 100, atResult)
	if b, _ := g.mod.Memory().Read(atData, g.result()); string(b) != "/var/task" {
		t.Errorf("readlink: %q", b)
	}
	g.want(0, "path_filestat_get", root, 0, ptr, n, atData)
	if b, _ := g.mod.Memory().ReadByte(atData + 16); b != kindLink {
		t.Errorf("kind %d, want a link", b)
	}
	g.want(0, "path_filestat_get", root, followed, ptr, n, atData)
	if b, _ := g.mod.Memory().ReadByte(atData + 16); b != kindDir {
		t.Errorf("kind %d behind the link, want a folder", b)
	}
}

func TestRenamingAndRemoving(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{FS: newFS(t, 1<<20)})
	rename := func(from, to string) wasifs.Errno {
		fp, fn := g.put(atPath, from)
		tp, tn := g.put(atOther, to)
		return g.call("path_rename", root, fp, fn, root, tp, tn)
	}
	remove := func(name, path string) wasifs.Errno {
		ptr, n := g.put(atPath, path)
		return g.call(name, root, ptr, n)
	}
	g.mustOpen("tmp/f", os.O_RDWR|os.O_CREATE)
	steps := []struct {
		step string
		got  func() wasifs.Errno
		want wasifs.Errno
	}{
		{"rename", func() wasifs.Errno { return rename("tmp/f", "tmp/g") }, 0},
		{"rename what is gone", func() wasifs.Errno { return rename("tmp/f", "tmp/g") }, wasifs.ENOENT},
		{"rename to the code", func() wasifs.Errno { return rename("tmp/g", "var/task/g") }, wasifs.EXDEV},
		{"rename from the code", func() wasifs.Errno { return rename("var/task/data.txt", "tmp/d") }, wasifs.EXDEV},
		{"rename within the code", func() wasifs.Errno { return rename("var/task/data.txt", "var/task/d") }, wasifs.EROFS},
		{"rename tmp", func() wasifs.Errno { return rename("tmp", "tmp/x") }, wasifs.EBUSY},
		{"remove a file as a folder", func() wasifs.Errno { return remove("path_remove_directory", "tmp/g") }, wasifs.ENOTDIR},
		{"remove a file with a slash", func() wasifs.Errno { return remove("path_unlink_file", "tmp/g/") }, wasifs.ENOTDIR},
		{"make a folder where a file is", func() wasifs.Errno { return remove("path_create_directory", "tmp/g") }, wasifs.EEXIST},
		{"make a folder that is there", func() wasifs.Errno { return remove("path_create_directory", "var/task/lib") }, wasifs.EEXIST},
		{"make a folder in the code", func() wasifs.Errno { return remove("path_create_directory", "var/task/x") }, wasifs.EROFS},
		{"remove a folder as a file", func() wasifs.Errno { return remove("path_unlink_file", "tmp") }, wasifs.EISDIR},
		{"remove a folder as its own dot", func() wasifs.Errno { return remove("path_remove_directory", "tmp/.") }, wasifs.EINVAL},
		{"remove tmp", func() wasifs.Errno { return remove("path_remove_directory", "tmp") }, wasifs.EBUSY},
		{"remove code", func() wasifs.Errno { return remove("path_unlink_file", "var/task/data.txt") }, wasifs.EROFS},
		{"remove", func() wasifs.Errno { return remove("path_unlink_file", "tmp/g") }, 0},
	}
	for _, s := range steps {
		if got := s.got(); got != s.want {
			t.Errorf("%s: %d, want %d", s.step, got, s.want)
		}
	}
}

func TestTimesOfFiles(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{FS: newFS(t, 1<<20)})
	fd := g.mustOpen("tmp/f", os.O_RDWR|os.O_CREATE)
	g.want(0, "fd_filestat_set_times", fd, 0, 1e18, 4)
	ptr, n := g.put(atPath, "tmp/f")
	g.want(0, "path_filestat_get", root, 0, ptr, n, atData)
	if got, _ := g.mod.Memory().ReadUint64Le(atData + 48); got != 1e18 {
		t.Errorf("modified at %d, want 1e18", got)
	}
	g.want(wasifs.EINVAL, "path_filestat_set_times", root, 0, ptr, n, 0, 0, 12)
	g.want(0, "path_filestat_set_times", root, 0, ptr, n, 0, 2e18, 4)
	ptr, n = g.put(atPath, "var/task/data.txt")
	g.want(wasifs.EROFS, "path_filestat_set_times", root, 0, ptr, n, 0, 2e18, 4)
}

func TestClocksAndRandomness(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{})
	g.want(0, "clock_res_get", clockMonotonic, atResult)
	if g.result() != 1000 {
		t.Errorf("resolution %d ns, want 1000", g.result())
	}
	g.want(0, "clock_time_get", clockRealtime, 1, atData)
	got, _ := g.mod.Memory().ReadUint64Le(atData)
	if off := time.Since(time.Unix(0, int64(got))); off < 0 || off > time.Minute || got%1000 != 0 {
		t.Errorf("clock shows %d", got)
	}
	g.want(wasifs.EINVAL, "clock_time_get", 9, 1, atData)
	g.want(0, "random_get", atData, 32)
	first, _ := g.mod.Memory().Read(atData, 32)
	first = bytes.Clone(first)
	g.want(0, "random_get", atData, 32)
	if second, _ := g.mod.Memory().Read(atData, 32); bytes.Equal(first, second) {
		t.Error("the same 32 random bytes twice")
	}
	g.want(wasifs.EFAULT, "random_get", atData, math.MaxUint32)
}

// subscription writes one of poll_oneoff's.
func (g *guest) subscription(i int, kind byte, clockOrFd uint32, timeout uint64, flags uint16) {
	b, _ := g.mod.Memory().Read(uint32(atPath+i*subscriptionSize), subscriptionSize)
	clear(b)
	le.PutUint64(b, uint64(100+i))
	b[8] = kind
	le.PutUint32(b[16:], clockOrFd)
	le.PutUint64(b[24:], timeout)
	le.PutUint16(b[40:], flags)
}

func TestPolling(t *testing.T) {
	t.Parallel()
	var slept []time.Duration
	g := newGuest(t, &Process{Sleep: func(d time.Duration) { slept = append(slept, d) }, FS: newFS(t, 1<<20)})
	events := func(n uint64) (users []uint64) {
		t.Helper()
		g.want(0, "poll_oneoff", atPath, atData, n, atResult)
		for i := range g.result() {
			u, _ := g.mod.Memory().ReadUint64Le(atData + i*eventSize)
			users = append(users, u)
		}
		return users
	}
	g.subscription(0, eventClock, clockMonotonic, 5e9, 0)
	g.subscription(1, eventClock, clockMonotonic, 2e9, 0)
	if got := events(2); !slices.Equal(got, []uint64{101}) || !slices.Equal(slept, []time.Duration{2 * time.Second}) {
		t.Errorf("two clocks: events %d, slept %v; want 101 after 2s", got, slept)
	}
	g.subscription(1, eventFdRead, 0, 0, 0)
	if got := events(2); !slices.Equal(got, []uint64{101}) || len(slept) != 1 {
		t.Errorf("a clock and stdin: events %d, slept %v; want stdin at once", got, slept)
	}
	g.subscription(1, eventFdWrite, 99, 0, 0)
	if got := events(2); !slices.Equal(got, []uint64{101}) {
		t.Errorf("a descriptor that is not open: events %d", got)
	}
	if e, _ := g.mod.Memory().ReadUint16Le(atData + 8); wasifs.Errno(e) != wasifs.EBADF {
		t.Errorf("its error is %d, want %d", e, wasifs.EBADF)
	}
	g.subscription(0, eventClock, clockRealtime, 1, 1)
	if got := events(1); !slices.Equal(got, []uint64{100}) || slept[len(slept)-1] != 0 {
		t.Errorf("a time in the past: events %d, slept %v", got, slept)
	}
	g.want(wasifs.EINVAL, "poll_oneoff", atPath, atData, 0, atResult)
	g.want(wasifs.EINVAL, "poll_oneoff", atPath, atData, 0x05555556, atResult)
	g.want(wasifs.EFAULT, "poll_oneoff", 65530, atData, 1, atResult)
}

func TestExitEndsTheCall(t *testing.T) {
	t.Parallel()
	g := newGuest(t, &Process{})
	_, err := g.mod.ExportedFunction("proc_exit").Call(context.WithValue(t.Context(), processKey{}, g.p), 7)
	var exit *sys.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("proc_exit(7) = %v", err)
	}
}

// TestAnyArgumentsAreAnswered calls every function with arguments of every kind,
// from small numbers to pointers beyond the end.
func TestAnyArgumentsAreAnswered(t *testing.T) {
	t.Parallel()
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	rng := rand.New(rand.NewPCG(1, 2))
	names := make([]string, 0, len(functions))
	for name := range functions {
		names = append(names, name)
	}
	slices.Sort(names)
	g := newGuest(t, &Process{
		Args: []string{"a"}, Env: []string{"A=B"}, FS: newFS(t, 1<<16),
		Stdin: strings.NewReader(strings.Repeat("event", 100)), Sleep: func(time.Duration) {},
	})
	paths := []string{"tmp/a", "tmp/b/c", ".", "..", "var/task/data.txt", "tmp/../tmp/a", "/", "tmp/a/", "\xff\x00"}
	for range rounds {
		name := names[rng.IntN(len(names))]
		g.put(atPath, paths[rng.IntN(len(paths))])
		g.put(atOther, paths[rng.IntN(len(paths))])
		args := make([]uint64, len(functions[name].params))
		for i := range args {
			choices := []uint64{
				uint64(rng.IntN(12)), root, atPath, atOther, atVectors, atData, atResult, uint64(rng.IntN(70000)),
				math.MaxUint32, 65535, rng.Uint64(), math.MaxInt64, 1 << 63,
			}
			if args[i] = choices[rng.IntN(len(choices))]; functions[name].params[i] == 'i' {
				args[i] &= math.MaxUint32
			}
		}
		if e := g.call(name, args...); e > 76 {
			t.Fatalf("%s%v = %d, which is no number of WASI", name, args, e)
		}
	}
	if n := len(g.p.open); n > maxDescriptors {
		t.Errorf("%d descriptors", n)
	}
}
