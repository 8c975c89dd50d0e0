package api

import (
	"context"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/lambent-run/lambent/runtime/registry"
)

// A package is downloaded from a path of Lambent's own, which stands for the S3
// link that AWS gives: /_lambent/code/SHA256.zip?expires=UNIX&token=...
const (
	pathDownload = "/_lambent/code/"
	suffixZip    = ".zip"
)

// linkLife is how long a link can be used.
const linkLife = 10 * time.Minute

// link returns the address at which a package can be downloaded for a while.
// The host is the one by which the caller came, as no other is known to reach
// this server.
func (a *API) link(c *call, p registry.Package) string {
	expires := a.now().Add(linkLife)
	scheme := "http"
	if c.Header != nil && c.Header("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + c.Host + pathDownload + hex.EncodeToString(p.Sum[:]) + suffixZip +
		"?expires=" + strconv.FormatInt(expires.Unix(), 10) +
		"&token=" + a.registry.LinkToken(p.Sum, time.Unix(expires.Unix(), 0))
}

// download serves what link points to.
func (a *API) download(ctx context.Context, req *Request) (*Response, error) {
	if req.Method != "GET" {
		return nil, wrongMethod(req.Method, "GET")
	}
	denied := &Error{Code: codeAccessDenied, Message: "The download link is not valid, or no longer. GetFunction and GetLayerVersion return a new one."}
	name := strings.TrimPrefix(req.Path, pathDownload)
	text, ok := strings.CutSuffix(name, suffixZip)
	var sum registry.Sum
	if n, err := hex.Decode(sum[:], []byte(text[:min(len(text), 2*len(sum))])); !ok || err != nil || n != len(sum) || len(text) != 2*n {
		return nil, denied
	}
	q, ok := parseQuery(req.RawQuery)
	if !ok {
		return nil, malformedTarget()
	}
	unix, err := strconv.ParseInt(q.first("expires"), 10, 64)
	if err != nil || !a.registry.CheckLink(sum, time.Unix(unix, 0), q.first("token")) {
		return nil, denied
	}
	content, err := a.registry.OpenCode(ctx, sum)
	if err != nil {
		return nil, err
	}
	return &Response{
		Status: 200,
		Header: [][2]string{{headerRequestID, req.RequestID}, {"Content-Type", "application/zip"}},
		Stream: stream{io.NewSectionReader(content, 0, content.Size()), content},
		Length: content.Size(),
	}, nil
}

// stream reads a content from its start and closes it.
type stream struct {
	io.Reader
	io.Closer
}
