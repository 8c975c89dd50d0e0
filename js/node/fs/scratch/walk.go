package scratch

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"
)

// find walks to a node. dir and base are the folder that holds it, or would
// hold it, and its name there; n is nil if there is no such node yet.
func (t *Tmp) find(name string, follow bool) (dir *node, base string, n *node, err syscall.Errno) {
	if len(name) > maxPath {
		return nil, "", nil, syscall.ENAMETOOLONG
	}
	rest := segments(name)
	at := []*node{t.root} // the folders on the way, so that ".." can go back
	links := 0
	if len(rest) == 0 {
		return nil, ".", t.root, 0
	}
	for {
		base, rest = rest[0], rest[1:]
		dir = at[len(at)-1]
		switch {
		case base == "..":
			at = at[:max(1, len(at)-1)]
			n = at[len(at)-1]
		case len(base) > maxName:
			return nil, "", nil, syscall.ENAMETOOLONG
		default:
			n = dir.children[base]
			if n == nil {
				if len(rest) > 0 {
					return nil, "", nil, syscall.ENOENT
				}
				return dir, base, nil, 0
			}
			if n.mode&fs.ModeSymlink != 0 && (follow || len(rest) > 0) {
				if links++; links > maxLinks {
					return nil, "", nil, syscall.ELOOP
				}
				target, absolute, ok := inside(n.target)
				if !ok {
					return nil, "", nil, syscall.ENOENT
				}
				if absolute {
					at = at[:1]
				}
				if rest = append(segments(target), rest...); len(rest) == 0 {
					return nil, ".", at[len(at)-1], 0
				}
				continue
			}
			if n.mode.IsDir() {
				at = append(at, n)
			} else if len(rest) > 0 {
				return nil, "", nil, syscall.ENOTDIR
			}
		}
		if len(rest) == 0 {
			return dir, base, n, 0
		}
	}
}

// segments splits a path, leaving out "." and empty parts.
func segments(name string) []string {
	return slices.DeleteFunc(strings.Split(name, "/"), func(s string) bool { return s == "" || s == "." })
}

// inside tells whether a link leads to this tree, and whether from its root.
func inside(target string) (rel string, absolute, ok bool) {
	if !strings.HasPrefix(target, "/") {
		return target, false, true
	}
	clean := path.Clean(target)
	if clean == guestRoot {
		return ".", true, true
	}
	rel, ok = strings.CutPrefix(clean, guestRoot+"/")
	return rel, true, ok
}
