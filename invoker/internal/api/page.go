package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// page are the members of lists' inputs that ask for a part of the list.
type page struct {
	Marker   string `query:"Marker"`
	MaxItems *int   `query:"MaxItems"`
}

// Page sizes that AWS does not exceed, whatever MaxItems says.
const (
	maxPage      = 50
	maxPageLarge = 10_000
)

// size is the number of elements of a page, which has limit at most: also the
// default.
func (p *page) size(limit int) int {
	if p.MaxItems != nil && *p.MaxItems < limit {
		return *p.MaxItems
	}
	return limit
}

const checksumSize = 6

var markerEncoding = base64.RawURLEncoding.Strict()

// marker makes an opaque text of the key of a page's last element. It is good
// for lists of the same scope only: the operation and what it lists. An empty
// key, that of a last page, gives an empty marker.
func marker(scope, key string) string {
	if key == "" {
		return ""
	}
	return markerEncoding.EncodeToString(append(checksum(scope, key), key...))
}

// after returns the key after which the page begins, empty for the first page.
func (p *page) after(scope string) (string, error) {
	if p.Marker == "" {
		return "", nil
	}
	raw, err := markerEncoding.DecodeString(p.Marker)
	if err != nil || len(raw) <= checksumSize {
		return "", errMarker()
	}
	key := string(raw[checksumSize:])
	if subtle.ConstantTimeCompare(raw[:checksumSize], checksum(scope, key)) != 1 {
		return "", errMarker()
	}
	return key, nil
}

// checksum tells a marker of one list from that of another, and from one that
// was changed on the way. It keeps nobody out: a marker shows nothing that its
// list does not.
func checksum(scope, key string) []byte {
	sum := sha256.Sum256([]byte(scope + "\x00" + key))
	return sum[:checksumSize]
}

func errMarker() error {
	return invalidParameter("The marker is not one that this operation returned for this list.")
}
