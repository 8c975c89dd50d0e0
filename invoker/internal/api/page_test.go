package api

import (
	"encoding/base64"
	"testing"
)

func TestMarkersLeadBackToTheirKey(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"a", "hello:$LATEST", "\x00\xff"} {
		p := page{Marker: marker("functions/us-east-1/", key)}
		if got, err := p.after("functions/us-east-1/"); err != nil || got != key {
			t.Errorf("the marker of %q leads to %q, %v", key, got, err)
		}
	}
	if got := marker("functions", ""); got != "" {
		t.Errorf("the last page has the marker %q, want none", got)
	}
	if got, err := (&page{}).after("functions"); err != nil || got != "" {
		t.Errorf("no marker leads to %q, %v, want the start", got, err)
	}
}

func TestMarkersThatNobodyGaveAreRefused(t *testing.T) {
	t.Parallel()
	good := marker("functions/us-east-1/", "key")
	raw, _ := base64.RawURLEncoding.DecodeString(good)
	raw[len(raw)-1]++
	for name, m := range map[string]string{
		"of another list": marker("functions/eu-west-1/", "key"),
		"changed":         base64.RawURLEncoding.EncodeToString(raw),
		"cut off":         good[:7],
		"not base64":      "?!",
		"a plain key":     "key",
	} {
		p := page{Marker: m}
		if got, err := p.after("functions/us-east-1/"); err == nil {
			t.Errorf("a marker that is %s leads to %q, want an error", name, got)
		}
	}
}

func TestPagesHaveTheSmallerOfTwoSizes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		items *int
		want  int
	}{{nil, 50}, {pointer(1), 1}, {pointer(50), 50}, {pointer(10_000), 50}} {
		if got := (&page{MaxItems: tc.items}).size(maxPage); got != tc.want {
			t.Errorf("size is %d, want %d", got, tc.want)
		}
	}
}

func FuzzMarker(f *testing.F) {
	f.Add("scope", "key", marker("scope", "key"))
	f.Add("", "", "AAAA")
	f.Fuzz(func(t *testing.T, scope, key, given string) {
		own := page{Marker: marker(scope, key)}
		if got, err := own.after(scope); err != nil || got != key {
			t.Fatalf("the marker of %q leads to %q, %v", key, got, err)
		}
		p := page{Marker: given}
		if got, err := p.after(scope); err == nil && given != "" && marker(scope, got) != given {
			t.Fatalf("%q is taken for the marker of %q", given, got)
		}
	})
}
