package sandbox

import (
	"io/fs"
	"time"
)

// watchedScratch is a /tmp that notes whether it was used. What an init phase
// did there is not in its image, and what it read there must not be.
type watchedScratch struct {
	Scratch
	touched bool
}

func (s *watchedScratch) touch() Scratch {
	s.touched = true
	return s.Scratch
}

func (s *watchedScratch) Open(name string, flag int, perm fs.FileMode) (ScratchFile, error) {
	return s.touch().Open(name, flag, perm)
}
func (s *watchedScratch) Stat(name string) (fs.FileInfo, error)      { return s.touch().Stat(name) }
func (s *watchedScratch) Lstat(name string) (fs.FileInfo, error)     { return s.touch().Lstat(name) }
func (s *watchedScratch) ReadDir(name string) ([]fs.DirEntry, error) { return s.touch().ReadDir(name) }
func (s *watchedScratch) Mkdir(name string, perm fs.FileMode) error {
	return s.touch().Mkdir(name, perm)
}
func (s *watchedScratch) Remove(name string) error             { return s.touch().Remove(name) }
func (s *watchedScratch) Rename(from, to string) error         { return s.touch().Rename(from, to) }
func (s *watchedScratch) Symlink(target, name string) error    { return s.touch().Symlink(target, name) }
func (s *watchedScratch) Readlink(name string) (string, error) { return s.touch().Readlink(name) }
func (s *watchedScratch) Chtimes(name string, accessed, modified time.Time) error {
	return s.touch().Chtimes(name, accessed, modified)
}
