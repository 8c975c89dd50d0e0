package loader

import (
	"net/url"
	"strings"
)

// fileURL returns the file: URL of an absolute path.
func fileURL(name string) string {
	return (&url.URL{Scheme: "file", Path: name}).String()
}

// fileFromURL returns the path that a file: URL names.
func fileFromURL(s string) (string, bool) {
	if !strings.HasPrefix(s, "file:") {
		return "", false
	}
	u, err := url.Parse(s)
	if err != nil || u.Host != "" && u.Host != "localhost" || !strings.HasPrefix(u.Path, "/") {
		return "", false
	}
	return u.Path, true
}
