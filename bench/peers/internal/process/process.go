// Package process runs a server as a child: with a group of its own, so that
// its whole tree can be ended, and with the end of its output kept, so that a
// failure can be explained.
package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Command says what to run.
type Command struct {
	// Path is the program, Args its arguments without the name.
	Path string
	Args []string
	// Dir is the working directory, Env the whole environment.
	Dir string
	Env []string
}

// Process is a running child. Stop it when done.
type Process struct {
	cmd    *exec.Cmd
	output tail
	exited chan struct{} // closed once err is set
	err    error
	stop   sync.Once // a second signal could meet a new process with the old id
}

// Start runs the command.
func Start(c Command) (*Process, error) {
	p := &Process{cmd: exec.Command(c.Path, c.Args...), exited: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env = c.Dir, c.Env
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// A grandchild may hold the output open after the child has ended.
	p.cmd.WaitDelay = time.Second
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// ID is the child's process id.
func (p *Process) ID() int { return p.cmd.Process.Pid }

// Ready calls probe until it succeeds. It gives up when the child has ended or
// ctx does, with the last error of probe and the end of the child's output.
func (p *Process) Ready(ctx context.Context, probe func(context.Context) error) error {
	retry := time.NewTicker(50 * time.Millisecond)
	defer retry.Stop()
	for {
		err := probe(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.exited:
			return fmt.Errorf("process: %s ended: %v: %s", p.cmd.Path, p.err, p.output.text())
		case <-ctx.Done():
			return fmt.Errorf("process: %s is not ready: %w: %s", p.cmd.Path, err, p.output.text())
		case <-retry.C:
		}
	}
}

// Output is the end of what the child has written.
func (p *Process) Output() string { return p.output.text() }

// Stop asks the child's group to end, insists after grace, and waits. It may
// be called more than once.
func (p *Process) Stop(grace time.Duration) (err error) {
	p.stop.Do(func() { err = p.end(grace) })
	return err
}

func (p *Process) end(grace time.Duration) error {
	if err := p.signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.exited:
	case <-time.After(grace):
	}
	// What the child leaves behind is in its group.
	if err := p.signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-p.exited
	return nil
}

func (p *Process) signal(sig syscall.Signal) error {
	if err := syscall.Kill(-p.ID(), sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("process: signal %s: %w", p.cmd.Path, err)
	}
	return nil
}

// tail keeps the last bytes that were written to it.
type tail struct {
	mu  sync.Mutex
	end []byte
}

const tailSize = 2 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = append(t.end, b[max(0, len(b)-tailSize):]...)
	t.end = t.end[max(0, len(t.end)-tailSize):]
	return len(b), nil
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.end))
}
