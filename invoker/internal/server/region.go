package server

import (
	"bytes"

	"github.com/valyala/fasthttp"

	"github.com/lambent-run/lambent/runtime/function"
)

// A request's Region is that of its signature: its credential scope, which is
// in the header Authorization, or in the query of a presigned request.

var (
	credentialHeader = []byte("Credential=")
	credentialQuery  = []byte("X-Amz-Credential=")
	slash            = []byte("/")
	escapedSlash     = []byte("%2F")
)

// maxRegion is longer than any Region's name, in bytes.
const maxRegion = 32

// scopeRegion returns the Region in a credential scope (KEY/DATE/REGION/SERVICE/
// aws4_request) that begins behind mark, with sep between its parts; nil if
// there is none.
func scopeRegion(text, mark, sep []byte) []byte {
	i := bytes.Index(text, mark)
	if i < 0 {
		return nil
	}
	_, rest, _ := bytes.Cut(text[i+len(mark):], sep)
	_, rest, _ = bytes.Cut(rest, sep)
	name, _, ok := bytes.Cut(rest, sep)
	if !ok || len(name) == 0 || len(name) > maxRegion {
		return nil
	}
	for _, b := range name {
		if (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '-' {
			return nil
		}
	}
	return name
}

// regionOf returns a request's Region by its Authorization header and its URI.
func (c *conn) regionOf(authorization, uri []byte) string {
	name := scopeRegion(authorization, credentialHeader, slash)
	if name == nil && authorization == nil {
		name = scopeRegion(uri, credentialQuery, escapedSlash)
	}
	return c.intern(name)
}

// intern returns a Region's name as a string, at no cost if it is that of the
// connection's previous request. Nil is the server's own.
func (c *conn) intern(name []byte) string {
	switch {
	case name == nil || string(name) == c.srv.region:
		return c.srv.region
	case string(name) != c.abroad:
		c.abroad = string(name)
	}
	return c.abroad
}

// regionOfRequest is regionOf for a request that fasthttp has read.
func (c *conn) regionOfRequest(ctx *fasthttp.RequestCtx) string {
	return c.regionOf(ctx.Request.Header.Peek(fasthttp.HeaderAuthorization), ctx.Request.Header.RequestURI())
}

// arn is the ARN of a function under a qualifier, which may be empty.
func (s *Server) arn(id function.ID, qualifier string) string {
	return function.ARN{Region: id.Region, Account: s.account, Name: id.Name, Qualifier: qualifier}.String()
}

// checkPlace refuses a function of another Region than the request's, or of
// another account.
func (s *Server) checkPlace(fn *function.Reference, region string) *apiError {
	if fn.Region != "" && fn.Region != region {
		return notFound("Functions from '" + fn.Region + "' are not reachable in this region ('" + region + "')")
	}
	if fn.Account != "" && fn.Account != s.account {
		arn := function.ARN{Region: region, Account: fn.Account, Name: fn.Name, Qualifier: fn.Qualifier}.String()
		return accessDenied("User: arn:" + function.Partition(region) + ":iam::" + s.account +
			":root is not authorized to perform: lambda:InvokeFunction on resource: " + arn +
			" because no resource-based policy allows the lambda:InvokeFunction action")
	}
	return nil
}
