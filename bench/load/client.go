package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// client is one connection. It belongs to one goroutine, but for close.
type client struct {
	conn    net.Conn
	in      *bufio.Reader
	request []byte
	want    []byte
	body    []byte // the last answer's, reused
	timeout time.Duration
	latency Histogram
}

func dial(ctx context.Context, cfg Config) (*client, error) {
	conn, err := (&net.Dialer{Timeout: cfg.Timeout}).DialContext(ctx, "tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("load: connect: %w", err)
	}
	return &client{
		conn: conn, in: bufio.NewReaderSize(conn, 32<<10),
		request: request(cfg), want: cfg.Want, timeout: cfg.Timeout,
	}, nil
}

// close may be called from any goroutine and more than once.
func (c *client) close() { _ = c.conn.Close() }

// loop sends requests until end has come, take says no or ctx ends.
func (c *client) loop(ctx context.Context, end time.Time, take func() bool) error {
	// One deadline for the run: setting one for each request would cost as much
	// as the parsing does.
	if err := c.conn.SetDeadline(end.Add(c.timeout)); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	for now := time.Now(); now.Before(end) && take(); {
		if err := c.roundTrip(); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return fmt.Errorf("load: %w", err)
		}
		done := time.Now()
		c.latency.Record(done.Sub(now))
		now = done
	}
	return nil
}

func (c *client) roundTrip() error {
	if _, err := c.conn.Write(c.request); err != nil {
		return fmt.Errorf("write request: %w", err)
	}
	status, err := c.readAnswer()
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if status != 200 {
		return fmt.Errorf("status %d: %s", status, excerpt(c.body))
	}
	if !bytes.Equal(c.body, c.want) {
		return fmt.Errorf("answer of %d bytes %s, want %d bytes %s", len(c.body), excerpt(c.body), len(c.want), excerpt(c.want))
	}
	return nil
}

func excerpt(text []byte) string {
	if len(text) > 120 {
		return strconv.Quote(string(text[:120])) + "..."
	}
	return strconv.Quote(string(text))
}

// readAnswer reads one response into c.body and returns its status code.
func (c *client) readAnswer() (status int, err error) {
	line, err := c.line()
	if err != nil {
		return 0, err
	}
	// "HTTP/1.1 200 OK"
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, fmt.Errorf("status line %s", excerpt(line))
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, fmt.Errorf("status line %s", excerpt(line))
	}
	length, chunked := -1, false
	for {
		line, err := c.line()
		if err != nil {
			return 0, err
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case len(name) == len("Content-Length") && bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil || length < 0 {
				return 0, fmt.Errorf("header %s", excerpt(line))
			}
		case len(name) == len("Transfer-Encoding") && bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = bytes.EqualFold(bytes.TrimSpace(value), []byte("chunked"))
		}
	}
	c.body = c.body[:0]
	switch {
	case chunked:
		return status, c.readChunks()
	case length >= 0:
		return status, c.read(length)
	}
	return 0, errors.New("answer has neither a length nor chunks")
}

// maxAnswer bounds an answer, so that a broken server cannot fill the memory.
const maxAnswer = 64 << 20

// read appends n bytes to c.body.
func (c *client) read(n int) error {
	have := len(c.body)
	if n > maxAnswer-have {
		return fmt.Errorf("answer is larger than %d bytes", maxAnswer)
	}
	c.body = append(c.body, make([]byte, n)...) // compiled without the temporary
	_, err := io.ReadFull(c.in, c.body[have:])
	return err
}

func (c *client) readChunks() error {
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		digits, _, _ := bytes.Cut(line, []byte(";"))
		n, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 31)
		if err != nil {
			return fmt.Errorf("chunk size %s", excerpt(line))
		}
		if n == 0 {
			break
		}
		if err := c.read(int(n)); err != nil {
			return err
		}
		if line, err = c.line(); err != nil || len(line) > 0 {
			return errors.Join(errors.New("chunk without an end"), err)
		}
	}
	for { // trailers, to the empty line
		line, err := c.line()
		if err != nil || len(line) == 0 {
			return err
		}
	}
}

// line reads a line without its end. It is valid until the next read.
func (c *client) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}
