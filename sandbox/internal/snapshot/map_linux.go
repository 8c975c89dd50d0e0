package snapshot

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// memoryFile puts content into an anonymous file that nobody can change any
// more. Pages of zeros are left out.
func memoryFile(content []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("lambent-image", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	file := os.NewFile(uintptr(fd), "lambent-image")
	if err := fill(file, content); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

func fill(file *os.File, content []byte) error {
	if err := file.Truncate(int64(len(content))); err != nil {
		return err
	}
	err := runs(content, func(part []byte, at int64) error {
		_, err := file.WriteAt(part, at)
		return err
	})
	if err != nil {
		return err
	}
	const seals = unix.F_SEAL_WRITE | unix.F_SEAL_GROW | unix.F_SEAL_SHRINK | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(file.Fd(), unix.F_ADD_SEALS, seals); err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	return nil
}

// room is address space: first what the image has, then what the guest grew
// into, then nothing yet.
type room struct {
	base   unsafe.Pointer // nil: none
	length uintptr
	grown  uintptr // where what the guest grew into begins
	opened uintptr // where nothing yet begins
}

// reserve takes address space for length bytes, none of which can be used yet:
// a reservation costs no memory and does not count against any limit of it.
func reserve(length uint64) (room, error) {
	n := pageAligned(length)
	base, err := unix.MmapPtr(-1, 0, nil, n, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	if err != nil {
		return room{}, os.NewSyscallError("mmap", err)
	}
	return room{base: base, length: n}, nil
}

func pageAligned(n uint64) uintptr {
	page := uint64(os.Getpagesize())
	return uintptr((n + page - 1) &^ (page - 1))
}

func (r *room) reserved() bool { return r.base != nil }

// bytes are the first size bytes.
func (r *room) bytes(size uint64) []byte { return unsafe.Slice((*byte)(r.base), size) }

// load maps the image to the beginning.
func (r *room) load(im *Image) error {
	if im.Size() == 0 {
		return nil
	}
	n := pageAligned(im.Size())
	_, err := unix.MmapPtr(int(im.file.Fd()), 0, r.base, n, unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_PRIVATE|unix.MAP_FIXED|unix.MAP_NORESERVE)
	if err != nil {
		return os.NewSyscallError("mmap", err)
	}
	r.grown, r.opened = n, n
	return nil
}

// open makes the first size bytes usable. New ones are zero.
func (r *room) open(size uint64) error {
	end := pageAligned(size)
	if end <= r.opened {
		return nil
	}
	part := unsafe.Slice((*byte)(unsafe.Add(r.base, r.opened)), end-r.opened)
	if err := unix.Mprotect(part, unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return os.NewSyscallError("mprotect", err)
	}
	// A huge page would cost 2 MiB for the first byte that is written.
	_ = unix.Madvise(part, unix.MADV_NOHUGEPAGE)
	r.opened = end
	return nil
}

// discard throws away what was written to the first size bytes: those of the
// image are the image's again, those behind it are zero.
func (r *room) discard(size uint64) error {
	end := min(pageAligned(size), r.opened)
	if end == 0 {
		return nil
	}
	return os.NewSyscallError("madvise", unix.Madvise(unsafe.Slice((*byte)(r.base), end), unix.MADV_DONTNEED))
}

func (r *room) free() error {
	if r.base == nil {
		return nil
	}
	base, length := r.base, r.length
	*r = room{}
	return os.NewSyscallError("munmap", unix.MunmapPtr(base, length))
}
