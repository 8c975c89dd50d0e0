package http

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/node/internal/nodeerr"
)

var (
	errNoNetwork = errors.New("http: no network")
	errTooMany   = errors.New("http: too many requests under way")
	errBadURL    = errors.New("http: invalid URL")
	errAborted   = errors.New("http: aborted")
)

// failure makes the error that Node's sockets report. Nothing of Go's own text
// is shown: it may name addresses of the host.
func (c *client) failure(err error, host string) goja.Value {
	name := host
	if h, _, splitErr := net.SplitHostPort(host); splitErr == nil {
		name = h
	}
	e := func(code, call, message string, errno int) goja.Value {
		o := nodeerr.Plain(c.vm, "Error", message)
		if errno != 0 {
			_ = o.Set("errno", errno)
		}
		_ = o.Set("code", code)
		if call != "" {
			_ = o.Set("syscall", call)
		}
		if call == "getaddrinfo" {
			_ = o.Set("hostname", name)
		}
		return o
	}
	var dns *net.DNSError
	var errno syscall.Errno
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var wrongHost x509.HostnameError
	switch {
	case errors.Is(err, errNoNetwork):
		return e("ENETUNREACH", "connect", "connect ENETUNREACH "+host+": the function has no network", -101)
	case errors.Is(err, errTooMany):
		return e("EMFILE", "connect", "connect EMFILE "+host, -24)
	case errors.Is(err, errBadURL):
		return e("ERR_INVALID_URL", "", "Invalid URL", 0)
	case errors.Is(err, errAborted), errors.Is(err, context.Canceled):
		return e("ECONNRESET", "", "aborted", 0)
	case errors.As(err, &dns):
		return e("ENOTFOUND", "getaddrinfo", "getaddrinfo ENOTFOUND "+name, -3008)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return e("ETIMEDOUT", "connect", "connect ETIMEDOUT "+host, -110)
	case errors.As(err, &unknown):
		return e("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "", "unable to verify the first certificate", 0)
	case errors.As(err, &wrongHost):
		return e("ERR_TLS_CERT_ALTNAME_INVALID", "", "Hostname/IP does not match certificate's altnames: Host: "+name, 0)
	case errors.As(err, &invalid):
		if invalid.Reason == x509.Expired {
			return e("CERT_HAS_EXPIRED", "", "certificate has expired", 0)
		}
		return e("CERT_UNTRUSTED", "", "certificate not trusted", 0)
	case errors.As(err, &errno):
		code := errnoNames[errno]
		if code == "" {
			code = "EIO"
		}
		call := "read"
		var op *net.OpError
		if errors.As(err, &op) && op.Op == "dial" {
			call = "connect"
			return e(code, call, "connect "+code+" "+host, -int(errno))
		}
		return e(code, call, call+" "+code, -int(errno))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), strings.Contains(err.Error(), "server closed idle connection"):
		return e("ECONNRESET", "", "socket hang up", 0)
	}
	return e("EPROTO", "", "the exchange with "+host+" failed", 0)
}

var errnoNames = map[syscall.Errno]string{
	syscall.ECONNREFUSED: "ECONNREFUSED", syscall.ECONNRESET: "ECONNRESET", syscall.ECONNABORTED: "ECONNABORTED", syscall.EPIPE: "EPIPE",
	syscall.ETIMEDOUT: "ETIMEDOUT", syscall.EHOSTUNREACH: "EHOSTUNREACH", syscall.ENETUNREACH: "ENETUNREACH",
	syscall.EADDRNOTAVAIL: "EADDRNOTAVAIL", syscall.EMFILE: "EMFILE", syscall.EACCES: "EACCES", syscall.EPERM: "EPERM",
}
