package wasifs

import (
	"io/fs"
	"path"
	"strings"
	"time"
)

// changeable finds the place of a path that is to be changed, which must be in
// /tmp.
func (f *FS) changeable(p string, follow bool) (place, Errno) {
	here, errno := f.at(p, follow)
	switch {
	case errno != 0:
		return here, errno
	case here.tmp:
		return here, 0
	case here.ro == nil && !here.above && !f.lookup(path.Dir(here.path)).exists(f):
		return here, ENOENT
	}
	return here, EROFS
}

// exists reports whether a folder is there.
func (here place) exists(f *FS) bool {
	st, errno := f.stat(here, true)
	return errno == 0 && st.IsDir()
}

// Mkdir makes a folder.
func (f *FS) Mkdir(p string) Errno {
	here, errno := f.at(p, false)
	if errno == 0 && !here.tmp {
		if _, missing := f.stat(here, false); missing == 0 {
			return EEXIST
		}
	}
	if here, errno = f.changeable(p, false); errno != 0 {
		return errno
	}
	if here.rel == "." {
		return EEXIST
	}
	return ErrnoOf(f.tmp.Mkdir(here.rel, 0o777))
}

// Remove removes a file or a link, or an empty folder if dir is set.
func (f *FS) Remove(p string, dir bool) Errno {
	here, errno := f.changeable(p, false)
	if errno != 0 {
		return errno
	}
	st, errno := f.stat(here, false)
	switch {
	case errno != 0:
		return errno
	case dir && !st.IsDir():
		return ENOTDIR
	case !dir && st.IsDir():
		return EISDIR
	case here.rel == ".":
		return EBUSY
	}
	return ErrnoOf(f.tmp.Remove(here.rel))
}

// Rename moves a file or a folder within /tmp.
func (f *FS) Rename(from, to string) Errno {
	source, errno := f.at(from, false)
	if errno != 0 {
		return errno
	}
	if _, errno := f.stat(source, false); errno != 0 {
		return errno
	}
	target, errno := f.at(to, false)
	switch {
	case errno != 0:
		return errno
	case source.tmp != target.tmp:
		return EXDEV
	case !source.tmp:
		return EROFS
	case source.rel == "." || target.rel == ".":
		return EBUSY
	}
	return ErrnoOf(f.tmp.Rename(source.rel, target.rel))
}

// Symlink makes a link in /tmp. Its target is any text; where it leads is
// decided when it is followed, and it can lead to nothing that the guest could
// not open by itself.
func (f *FS) Symlink(target, p string) Errno {
	if target == "" || strings.ContainsRune(target, 0) {
		return EINVAL
	}
	here, errno := f.changeable(p, false)
	if errno != 0 {
		return errno
	}
	if here.rel == "." {
		return EEXIST
	}
	return ErrnoOf(f.tmp.Symlink(target, here.rel))
}

// Readlink returns the target of a link.
func (f *FS) Readlink(p string) (string, Errno) {
	here, errno := f.at(p, false)
	if errno != 0 {
		return "", errno
	}
	st, errno := f.stat(here, false)
	if errno != 0 {
		return "", errno
	}
	if st.Mode&fs.ModeSymlink == 0 {
		return "", EINVAL
	}
	var target string
	var err error
	if here.tmp {
		target, err = f.tmp.Readlink(here.rel)
	} else {
		target, err = fs.ReadLink(here.ro, here.rel)
	}
	return target, ErrnoOf(err)
}

// Chtimes sets the times of the last access and of the last change. A zero one
// stays as it is.
func (f *FS) Chtimes(p string, follow bool, accessed, modified time.Time) Errno {
	here, errno := f.changeable(p, follow)
	if errno != 0 {
		return errno
	}
	st, errno := f.stat(here, follow)
	if errno != 0 {
		return errno
	}
	if accessed.IsZero() {
		accessed = time.Unix(0, st.Accessed)
	}
	if modified.IsZero() {
		modified = time.Unix(0, st.Modified)
	}
	return ErrnoOf(f.tmp.Chtimes(here.rel, accessed, modified))
}
