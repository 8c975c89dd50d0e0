// Package sigv4 says who signed a request: it verifies AWS's Signature Version 4
// in its header and its presigned form, and payloads that are signed in chunks.
//
// The rules are those of the IAM User Guide, "AWS Signature Version 4 for API
// requests". What a caller may do is not looked at here, except for its key's
// own allow list (Key.Allows).
package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"iter"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Request is what a client sent, as it came over the wire.
type Request struct {
	Method string
	// Path and Query are percent-encoded, without the question mark.
	Path, Query string
	// Headers are names, in lower case, and values, in the order of the request.
	// Host is one of them.
	Headers iter.Seq2[string, string]
	// Body is the payload.
	Body []byte
}

// Limits of the clock, and of what is looked at.
const (
	// skew is how far the clocks of client and server may be apart.
	skew = 5 * time.Minute
	// maxExpiry is the longest life of a presigned request.
	maxExpiry = 7 * 24 * time.Hour
	// maxSigningKeys bounds the cache of derived keys.
	maxSigningKeys = 4096
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	dateForm   = "20060102T150405Z"
)

// Verifier verifies signatures. It is safe for concurrent use.
type Verifier struct {
	// Keys finds the keys of callers.
	Keys *Keys
	// Now is the time. Nil: time.Now.
	Now func() time.Time

	mu      sync.Mutex // guards derived
	derived map[string][]byte
}

// claim is what a request says of its signature.
type claim struct {
	keyID, date, region, service string
	signed                       []string // names of headers, in lower case, sorted
	signature                    string
	at                           time.Time
	expires                      time.Duration // of a presigned request
	presigned                    bool
	token                        string
}

func (c *claim) scope() string {
	return c.date + "/" + c.region + "/" + c.service + "/" + terminator
}

// Verify returns the key that signed the request for a service ("lambda"), and
// the payload: the body itself, or what was in its chunks. Its errors are *Error.
func (v *Verifier) Verify(service string, req *Request) (key *Key, payload []byte, err error) {
	headers := collect(req.Headers)
	c, err := readClaim(req, headers)
	if err != nil {
		return nil, nil, err
	}
	if err := checkScope(c, service); err != nil {
		return nil, nil, err
	}
	key = v.Keys.find(c.keyID)
	if key == nil || subtle.ConstantTimeCompare([]byte(key.SessionToken), []byte(c.token)) != 1 {
		return nil, nil, errUnknownKey
	}
	if err := v.checkTime(c); err != nil {
		return nil, nil, err
	}
	hash, err := payloadHash(req, headers, c)
	if err != nil {
		return nil, nil, err
	}
	text := algorithm + "\n" + c.at.Format(dateForm) + "\n" + c.scope() + "\n" + hexHash([]byte(canonical(req, headers, c, hash)))
	signing := v.signingKey(key, c)
	if want := hex.EncodeToString(mac(signing, text)); !hmac.Equal([]byte(want), []byte(c.signature)) {
		return nil, nil, errMismatch
	}
	payload, err = unchunk(req.Body, hash, c, signing)
	if err != nil {
		return nil, nil, err
	}
	return key, payload, nil
}

// checkScope sees that the credential scope is for this service and this date.
func checkScope(c *claim, service string) error {
	switch {
	case c.service != service:
		return mismatch("Credential should be scoped to correct service: '" + service + "'.")
	case c.date != c.at.Format("20060102"):
		return mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
			c.date + "' != '" + c.at.Format("20060102") + "', from '" + c.at.Format(dateForm) + "'.")
	}
	return nil
}

// checkTime sees that the signature is neither too old nor of the future.
func (v *Verifier) checkTime(c *claim) error {
	now := time.Now
	if v.Now != nil {
		now = v.Now
	}
	at, until := now().UTC(), c.at.Add(skew)
	if c.presigned {
		until = c.at.Add(c.expires)
	}
	switch {
	case c.at.After(at.Add(skew)):
		return mismatch("Signature not yet current: " + c.at.Format(dateForm) + " is still later than " +
			at.Add(skew).Format(dateForm) + " (" + at.Format(dateForm) + " + 5 min.)")
	case !at.After(until):
		return nil
	case c.presigned:
		return mismatch("Signature expired: " + until.Format(dateForm) + " is now earlier than " + at.Format(dateForm) + ".")
	}
	return mismatch("Signature expired: " + c.at.Format(dateForm) + " is now earlier than " +
		at.Add(-skew).Format(dateForm) + " (" + at.Format(dateForm) + " - 5 min.)")
}

// signingKey derives the key of a day, Region and service from a secret.
func (v *Verifier) signingKey(key *Key, c *claim) []byte {
	name := key.AccessKeyID + "/" + c.scope()
	v.mu.Lock()
	defer v.mu.Unlock()
	if derived, ok := v.derived[name]; ok {
		return derived
	}
	derived := []byte("AWS4" + key.SecretAccessKey)
	for _, part := range []string{c.date, c.region, c.service, terminator} {
		derived = mac(derived, part)
	}
	if v.derived == nil || len(v.derived) >= maxSigningKeys {
		v.derived = make(map[string][]byte)
	}
	v.derived[name] = derived
	return derived
}

// readClaim reads the Authorization header, or the query of a presigned request.
func readClaim(req *Request, headers map[string][]string) (*claim, error) {
	authorization := headers["authorization"]
	presigned := queryOf(req.Query)
	switch {
	case len(authorization) > 1:
		return nil, incomplete("The request has more than one Authorization header.")
	case len(authorization) == 1:
		return readHeader(authorization[0], headers)
	case presigned["X-Amz-Algorithm"] != "" || presigned["X-Amz-Signature"] != "":
		return readQuery(presigned)
	}
	return nil, errNoToken
}

// readHeader reads "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=...,
// Signature=...".
func readHeader(text string, headers map[string][]string) (*claim, error) {
	scheme, rest, _ := strings.Cut(text, " ")
	if scheme != algorithm {
		return nil, incomplete("Unsupported AWS 'algorithm': '" + printable(scheme) + "'.")
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[name] = value
	}
	date := first(headers["x-amz-date"])
	if date == "" {
		date = fromHTTPDate(first(headers["date"]))
	}
	c := &claim{signature: fields["Signature"], token: first(headers["x-amz-security-token"])}
	for _, need := range []string{"Credential", "Signature", "SignedHeaders"} {
		if fields[need] == "" {
			return nil, incomplete("Authorization header requires '" + need + "' parameter.")
		}
	}
	if date == "" {
		return nil, incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	return c, c.fill(fields["Credential"], fields["SignedHeaders"], date)
}

// readQuery reads the parameters of a presigned request.
func readQuery(query map[string]string) (*claim, error) {
	if query["X-Amz-Algorithm"] != algorithm {
		return nil, incomplete("Unsupported AWS 'algorithm': '" + printable(query["X-Amz-Algorithm"]) + "'.")
	}
	for _, need := range []string{"X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date", "X-Amz-Expires"} {
		if query[need] == "" {
			return nil, incomplete("AWS query-string parameters must include '" + need + "'.")
		}
	}
	seconds, err := strconv.ParseInt(query["X-Amz-Expires"], 10, 32)
	expires := time.Duration(seconds) * time.Second
	if err != nil || seconds < 0 || expires > maxExpiry {
		return nil, incomplete("X-Amz-Expires must be a number of seconds from 0 to 604800.")
	}
	c := &claim{signature: query["X-Amz-Signature"], token: query["X-Amz-Security-Token"], presigned: true, expires: expires}
	return c, c.fill(query["X-Amz-Credential"], query["X-Amz-SignedHeaders"], query["X-Amz-Date"])
}

// fill reads the parts that both forms share.
func (c *claim) fill(credential, signed, date string) error {
	parts := strings.Split(credential, "/")
	if len(parts) != 5 || parts[4] != terminator {
		return incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/aws4_request.")
	}
	c.keyID, c.date, c.region, c.service = parts[0], parts[1], parts[2], parts[3]
	c.signed = strings.Split(signed, ";")
	at, err := time.Parse(dateForm, date)
	if err != nil {
		return incomplete("Date must be in ISO-8601 'basic format'. Got '" + printable(date) + "'.")
	}
	c.at = at
	host := false
	for _, name := range c.signed {
		host = host || name == "host"
	}
	if !host {
		return mismatch("'Host' must be a 'SignedHeader' in the AWS Authorization.")
	}
	return nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
