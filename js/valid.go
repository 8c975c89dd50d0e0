package js

import "github.com/lambent-run/lambent/js/internal/codec"

// Valid returns what is wrong with a text that is not JSON, and where. It
// allocates nothing for one that is.
func Valid(text []byte) error { return codec.Valid(text) }
