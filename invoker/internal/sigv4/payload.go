package sigv4

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"strconv"
	"strings"
)

// Forms of the header X-Amz-Content-Sha256 besides a hash.
const (
	unsigned               = "UNSIGNED-PAYLOAD"
	streaming              = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	streamingTrailer       = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	streamingUnsignedTrail = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	emptyHash              = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// payloadHash is the last line of the canonical request: what the header says,
// if it is true, or the body's hash.
func payloadHash(req *Request, headers map[string][]string, c *claim) (string, error) {
	said := first(headers["x-amz-content-sha256"])
	switch said {
	case unsigned, streaming, streamingTrailer, streamingUnsignedTrail:
		return said, nil
	}
	hash := hexHash(req.Body)
	switch {
	case said == "" && c.presigned && queryOf(req.Query)["X-Amz-Content-Sha256"] == unsigned:
		return unsigned, nil
	case said != "" && !strings.EqualFold(said, hash):
		return "", mismatch("The value of the 'x-amz-content-sha256' header does not match the calculated value.")
	}
	return hash, nil
}

// unchunk returns the payload of a body that came as hash says: as it is, or in
// chunks that are signed one by one, each with its predecessor (Amazon S3 API
// Reference, "Signature calculations ... transferring payload in multiple
// chunks").
func unchunk(body []byte, hash string, c *claim, key []byte) ([]byte, error) {
	signed := hash == streaming || hash == streamingTrailer
	if !signed && hash != streamingUnsignedTrail {
		return body, nil
	}
	var payload []byte
	previous := c.signature
	for {
		line, rest, ok := bytes.Cut(body, []byte("\r\n"))
		if !ok {
			return nil, errChunks
		}
		size, signature, _ := bytes.Cut(line, []byte(";chunk-signature="))
		n, err := strconv.ParseUint(string(size), 16, 31)
		if err != nil || int(n) > len(rest) {
			return nil, errChunks
		}
		data := rest[:n]
		if signed {
			text := algorithm + "-PAYLOAD\n" + c.at.Format(dateForm) + "\n" + c.scope() + "\n" + previous + "\n" + emptyHash + "\n" + hexHash(data)
			want := hex.EncodeToString(mac(key, text))
			if !hmac.Equal([]byte(want), signature) {
				return nil, errMismatch
			}
			previous = want
		}
		if n == 0 {
			return payload, checkTrailer(rest, hash, previous, c, key)
		}
		payload = append(payload, data...)
		if body, ok = bytes.CutPrefix(rest[n:], []byte("\r\n")); !ok {
			return nil, errChunks
		}
	}
}

// checkTrailer verifies the headers behind the last chunk.
func checkTrailer(rest []byte, hash, previous string, c *claim, key []byte) error {
	if hash != streamingTrailer {
		return nil
	}
	var covered strings.Builder
	for line := range bytes.SplitSeq(rest, []byte("\r\n")) {
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			continue
		}
		if string(name) == "x-amz-trailer-signature" {
			text := algorithm + "-TRAILER\n" + c.at.Format(dateForm) + "\n" + c.scope() + "\n" + previous + "\n" + hexHash([]byte(covered.String()))
			if !hmac.Equal([]byte(hex.EncodeToString(mac(key, text))), bytes.TrimSpace(value)) {
				return errMismatch
			}
			return nil
		}
		covered.Write(name)
		covered.WriteByte(':')
		covered.Write(bytes.TrimSpace(value))
		covered.WriteByte('\n')
	}
	return errMismatch
}
