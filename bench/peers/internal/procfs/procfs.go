// Package procfs reads from Linux's /proc what a process and all its
// descendants use: processor time and memory. Processes that ended count if
// their parent, itself in the tree, has waited for them.
package procfs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the unit of times in /proc/PID/stat: 1/USER_HZ, which Linux fixes at
// 100 for programs whatever the kernel was built with.
const tick = 10 * time.Millisecond

// Usage is what a tree of processes uses.
type Usage struct {
	// CPU is user and system time since each process began, in steps of 10 ms.
	CPU time.Duration
	// RSS is the resident memory in bytes, Peak the sum of the processes' own
	// peaks. Pages that processes share count once for each.
	RSS, Peak int64
	// Processes counts the live ones.
	Processes int
}

// process is what one /proc/PID/stat says.
type process struct {
	pid, parent int
	cpu         time.Duration
}

// Tree adds up root and its descendants. proc is /proc, as os.DirFS gives it.
// It is an error if root does not exist.
func Tree(proc fs.FS, root int) (Usage, error) {
	entries, err := fs.ReadDir(proc, ".")
	if err != nil {
		return Usage{}, fmt.Errorf("procfs: %w", err)
	}
	children := make(map[int][]process)
	var todo []process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		p, err := readStat(proc, pid)
		if gone(err) {
			continue // it ended since the folder was read
		}
		if err != nil {
			return Usage{}, err
		}
		children[p.parent] = append(children[p.parent], p)
		if pid == root {
			todo = append(todo, p)
		}
	}
	if len(todo) == 0 {
		return Usage{}, fmt.Errorf("procfs: process %d: %w", root, fs.ErrNotExist)
	}
	var sum Usage
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = append(todo[:len(todo)-1], children[p.pid]...)
		rss, peak, err := readMemory(proc, p.pid)
		if err != nil && !gone(err) {
			return Usage{}, err
		}
		sum.CPU += p.cpu
		sum.RSS += rss
		sum.Peak += peak
		sum.Processes++
	}
	return sum, nil
}

// gone says that a file is missing because its process has ended: the folder is
// gone, or the read found no such process.
func gone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH)
}

// readStat reads parent and times. The second field, the name, is in
// parentheses and may hold anything, so fields count from the last parenthesis.
func readStat(proc fs.FS, pid int) (process, error) {
	text, err := fs.ReadFile(proc, strconv.Itoa(pid)+"/stat")
	if err != nil {
		return process{}, fmt.Errorf("procfs: %w", err)
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	const parent, utime, cstime = 1, 11, 14 // proc(5)'s fields 4, 14 and 17
	if len(fields) <= cstime {
		return process{}, fmt.Errorf("procfs: process %d: stat has %d fields after the name", pid, len(fields))
	}
	p := process{pid: pid}
	if p.parent, err = strconv.Atoi(fields[parent]); err != nil {
		return process{}, fmt.Errorf("procfs: process %d: parent: %w", pid, err)
	}
	for _, field := range fields[utime : cstime+1] { // own user and system, those of awaited children
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return process{}, fmt.Errorf("procfs: process %d: times: %w", pid, err)
		}
		p.cpu += time.Duration(n) * tick
	}
	return p, nil
}

// readMemory reads resident memory and its peak, in bytes. A process that has
// ended but was not awaited has none.
func readMemory(proc fs.FS, pid int) (rss, peak int64, err error) {
	text, err := fs.ReadFile(proc, strconv.Itoa(pid)+"/status")
	if err != nil {
		return 0, 0, fmt.Errorf("procfs: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		var into *int64
		switch name {
		case "VmRSS":
			into = &rss
		case "VmHWM":
			into = &peak
		default:
			continue
		}
		kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("procfs: process %d: %s: %w", pid, name, err)
		}
		*into = kib << 10
	}
	return rss, peak, nil
}
