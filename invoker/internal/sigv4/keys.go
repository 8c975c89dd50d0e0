package sigv4

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// Key is an access key and what it may be used for.
type Key struct {
	// AccessKeyID and SecretAccessKey are the two halves.
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	// SessionToken is required of requests if it is set.
	SessionToken string `json:",omitempty"`
	// UserName names the principal in ARNs and messages. Default: AccessKeyID.
	UserName string `json:",omitempty"`
	// Allow are the actions that the key may call, "lambda:InvokeFunction",
	// "lambda:Get*". Default: all.
	Allow []string `json:",omitempty"`
	// Resources are patterns of the ARNs that it may call them on. Default: all.
	Resources []string `json:",omitempty"`
}

// Keys are the access keys that a server knows. It is safe for concurrent use.
type Keys struct{ byID map[string]*Key }

// NewKeys checks keys and returns them as a set.
func NewKeys(keys ...Key) (*Keys, error) {
	set := &Keys{byID: make(map[string]*Key, len(keys))}
	for i, k := range keys {
		switch {
		case k.AccessKeyID == "" || k.SecretAccessKey == "":
			return nil, fmt.Errorf("sigv4: key %d lacks AccessKeyId or SecretAccessKey", i+1)
		case strings.ContainsAny(k.AccessKeyID, "/,; "):
			return nil, fmt.Errorf("sigv4: AccessKeyId %q has a character that ends it in a signature", k.AccessKeyID)
		case set.byID[k.AccessKeyID] != nil:
			return nil, fmt.Errorf("sigv4: AccessKeyId %q occurs twice", k.AccessKeyID)
		}
		for _, pattern := range append(k.Allow[:len(k.Allow):len(k.Allow)], k.Resources...) {
			if _, err := path.Match(matchable(pattern), ""); err != nil {
				return nil, fmt.Errorf("sigv4: key %q: pattern %q: %w", k.AccessKeyID, pattern, err)
			}
		}
		if k.UserName == "" {
			k.UserName = k.AccessKeyID
		}
		set.byID[k.AccessKeyID] = &k
	}
	return set, nil
}

// ReadKeys reads a file of keys: a JSON array of Key objects. The names of the
// members are those that "aws iam create-access-key" prints.
func ReadKeys(name string) (*Keys, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("sigv4: keys: %w", err)
	}
	var keys []Key
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&keys); err != nil {
		return nil, fmt.Errorf("sigv4: %s: want a JSON array of keys: %w", name, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("sigv4: %s: there is something behind the array of keys", name)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("sigv4: %s holds no keys", name)
	}
	set, err := NewKeys(keys...)
	if err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, name)
	}
	return set, nil
}

// find returns the key of that id, or nil.
func (k *Keys) find(id string) *Key { return k.byID[id] }

// Allows reports whether the key's allow list has the action, such as
// "lambda:InvokeFunction", on a resource, an ARN. Resource may be empty if the
// action has none.
func (k *Key) Allows(action, resource string) bool {
	return matches(k.Allow, action) && (resource == "" || matches(k.Resources, resource))
}

// matches reports whether one of the patterns covers text; no patterns cover
// everything. Letters count alike in either case, as in IAM's actions.
func matches(patterns []string, text string) bool {
	if len(patterns) == 0 {
		return true
	}
	for _, pattern := range patterns {
		if ok, err := path.Match(matchable(strings.ToLower(pattern)), matchable(strings.ToLower(text))); err == nil && ok {
			return true
		}
	}
	return false
}

// matchable makes * of a pattern match slashes too, as in IAM.
func matchable(text string) string { return strings.ReplaceAll(text, "/", "\x00") }
