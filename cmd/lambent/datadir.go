package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Names of the files in a data directory.
const (
	lockFile     = "lock"
	endpointFile = "endpoint"
)

// dataDir is a server's folder. The nil dataDir is none.
type dataDir struct {
	path string
	lock *os.File
}

// openDataDir makes the folder if need be and locks it. An empty path is none.
func openDataDir(path string) (*dataDir, error) {
	if path == "" {
		return nil, nil
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("--data-dir: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--data-dir: %w", err)
	}
	if err := lockExclusive(lock); err != nil {
		_ = lock.Close()
		if errors.Is(err, errLocked) {
			return nil, fmt.Errorf("another lambent uses the data directory %s: stop it, or choose another with --data-dir", path)
		}
		return nil, fmt.Errorf("--data-dir: lock %s: %w", lock.Name(), err)
	}
	return &dataDir{path: path, lock: lock}, nil
}

// announce notes the server's URL for clients of this machine.
func (d *dataDir) announce(url string) error {
	if d == nil {
		return nil
	}
	if err := os.WriteFile(filepath.Join(d.path, endpointFile), []byte(url+"\n"), 0o600); err != nil {
		return fmt.Errorf("--data-dir: %w", err)
	}
	return nil
}

// close takes the announcement back and unlocks the folder.
func (d *dataDir) close() {
	if d == nil {
		return
	}
	_ = os.Remove(filepath.Join(d.path, endpointFile))
	_ = d.lock.Close()
}

// announcedURL is the URL of the server that uses the folder.
func announcedURL(path string) (string, error) {
	text, err := os.ReadFile(filepath.Join(path, endpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("no server uses the data directory %s: start one with 'lambent serve --data-dir %s'", path, path)
	}
	if err != nil {
		return "", fmt.Errorf("--data-dir: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}
