package codec

import "encoding/json"

// Valid reports what is wrong with text as JSON, or nil.
func Valid(text []byte) error {
	if json.Valid(text) {
		return nil
	}
	var v any
	return json.Unmarshal(text, &v)
}
