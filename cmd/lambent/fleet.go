package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/lambent-run/lambent/runtime/function"
)

// fleet is the functions that serve has deployed.
type fleet struct {
	backend  *backend
	settings *settings
	args     []string
	log      io.Writer

	mu      sync.Mutex // guards sources; held while functions are deployed
	sources []source
}

// deploy finds the functions for the first time and deploys them all.
func (f *fleet) deploy(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	sources, notes, err := discover(f.args)
	if err != nil {
		return err
	}
	if f.settings.handler != "" && len(sources) > 1 {
		return usagef("--handler is for one function, and there are %d", len(sources))
	}
	for _, note := range notes {
		f.logf("passed over %s", note)
	}
	for _, src := range sources {
		err := f.deployOne(ctx, src)
		if err != nil && src.runtime == wasmRuntime && src.found {
			// A folder may well hold modules that are no functions.
			f.logf("passed over %v", err)
			continue
		}
		if err != nil {
			return err
		}
		f.sources = append(f.sources, src)
	}
	return nil
}

func (f *fleet) deployOne(ctx context.Context, src source) error {
	in, err := f.settings.input(src)
	if err != nil {
		return err
	}
	if err := f.backend.put(ctx, f.id(src), in); err != nil {
		return fmt.Errorf("function %s (%s): %w", src.name, shown(src.path), err)
	}
	return nil
}

// id is the function of a source.
func (f *fleet) id(src source) function.ID {
	return function.ID{Region: f.settings.region, Name: src.name}
}

// refresh brings the functions up to date after the paths in changed changed:
// it deploys those whose code they are and new ones, and removes those that are
// gone. What cannot be deployed stays as it was.
func (f *fleet) refresh(ctx context.Context, changed []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	sources, _, err := discover(f.args)
	if err != nil {
		f.logf("the functions stay as they are: %v", err)
		return
	}
	var live []source
	for _, src := range sources {
		known := slices.Contains(f.sources, src)
		if known && !src.touchedBy(changed) {
			live = append(live, src)
			continue
		}
		if err := f.deployOne(ctx, src); err != nil {
			f.logf("%v", err)
			if known {
				live = append(live, src)
			}
			continue
		}
		f.logf("deployed %s", src.name)
		live = append(live, src)
	}
	for _, old := range f.sources {
		if slices.ContainsFunc(live, func(s source) bool { return s.name == old.name }) {
			continue
		}
		if err := f.backend.registry.DeleteFunction(ctx, f.id(old), ""); err == nil {
			f.logf("removed %s", old.name)
		}
	}
	f.sources = live
}

// touchedBy reports whether one of the paths is part of the source's code.
func (s source) touchedBy(paths []string) bool {
	root := s.path
	if folder := filepath.Dir(s.path); !s.dir && isPackage(folder) {
		root = folder // the function sees all of it
	}
	return slices.ContainsFunc(paths, func(p string) bool {
		return p == root || strings.HasPrefix(p, root+string(filepath.Separator))
	})
}

// isPackage reports whether a handler file in the folder sees the whole folder,
// by the rule of runtime.File.
func isPackage(folder string) bool {
	for _, mark := range []string{"package.json", "node_modules"} {
		if _, err := os.Stat(filepath.Join(folder, mark)); err == nil {
			return true
		}
	}
	return false
}

func (f *fleet) logf(format string, args ...any) {
	_, _ = fmt.Fprintf(f.log, "lambent: "+format+"\n", args...)
}

// quiet is how long files must rest before they are deployed: editors and
// compilers write in several steps.
const quiet = 20 * time.Millisecond

// watch deploys functions again as their files change, until stop is called.
func (f *fleet) watch(ctx context.Context) (stop func(), err error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch files: %w", err)
	}
	for _, arg := range f.args {
		_, path := splitName(arg)
		if err := watchTree(w, path); err != nil {
			_ = w.Close()
			return nil, fmt.Errorf("watch %s: %w", path, err)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.follow(ctx, w)
	}()
	return func() {
		cancel()
		_ = w.Close()
		<-done
	}, nil
}

// follow collects changes until they pause, then refreshes.
func (f *fleet) follow(ctx context.Context, w *fsnotify.Watcher) {
	var changed []string
	pause := time.NewTimer(quiet)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case err, ok := <-w.Errors:
			if !ok {
				return
			}
			f.logf("watch files: %v", err)
		case event, ok := <-w.Events:
			if !ok {
				return
			}
			if event.Op == fsnotify.Chmod {
				continue
			}
			if event.Has(fsnotify.Create) {
				// A new folder has to be watched too.
				if err := watchTree(w, event.Name); err != nil && !errors.Is(err, fs.ErrNotExist) {
					f.logf("watch %s: %v", shown(event.Name), err)
				}
			}
			changed = append(changed, event.Name)
			pause.Reset(quiet)
		case <-pause.C:
			if len(changed) > 0 {
				f.refresh(ctx, changed)
				changed = nil
			}
		}
	}
}

// watchTree watches a folder and those below it, or the folder of a file.
// What packages bring along changes by installing them, and is not watched.
func watchTree(w *fsnotify.Watcher, path string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(abs)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return w.Add(filepath.Dir(abs))
	}
	return filepath.WalkDir(abs, func(p string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if name := entry.Name(); p != abs && (strings.HasPrefix(name, ".") || name == "node_modules") {
			return filepath.SkipDir
		}
		return w.Add(p)
	})
}
