package runtime

import (
	"io/fs"
)

// Code is a deployment package, made by Source, Files, File, Dir, Zip or FS. An
// error in making it (an unreadable folder, a broken zip) is Deploy's.
type Code struct {
	open    func() (tree, error)
	handler string
}

// tree is an opened Code.
type tree struct {
	files  fs.FS
	sha256 [32]byte
}

// Source is a package of one CommonJS file, index.js, with the given text.
func Source(text string) Code { return Files(map[string]string{"index.js": text}) }

// Files is a package of files by slash-separated path.
func Files(files map[string]string) Code { return Code{} }

// File is the handler file at path. Its handler is named after the file:
// "hello.handler" for hello.js. If its folder holds a package.json or a
// node_modules the whole folder is mounted, so that require works as the user
// expects; otherwise the guest sees this file and no other.
func File(path string) Code { return Code{} }

// Dir is the folder at path. Symbolic links cannot lead out of it. Files are
// read when they are first needed: deploy again after a change.
func Dir(path string) Code { return Code{} }

// Zip is a zip archive, as Lambda takes it: at most 250 MB unpacked, without
// paths or symbolic links that lead out of it. The bytes are lent for as long
// as the function is deployed.
func Zip(archive []byte) Code { return Code{} }

// FS is any file system. It must not change while it is deployed.
func FS(fsys fs.FS) Code { return Code{} }
