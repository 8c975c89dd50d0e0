package codec

import "fmt"

// SyntaxError is a text that is not JSON.
type SyntaxError struct {
	// Offset is the byte at which reading failed.
	Offset int64
	msg    string
}

func (e *SyntaxError) Error() string { return e.msg }

// Valid reports whether text is one JSON text; the error is a *SyntaxError. It
// keeps nothing of text, and allocates nothing unless the text is wrong or
// nested thousands deep. Bytes that are not UTF-8 are not looked at.
func Valid(text []byte) error {
	if _, err := scan(view(text), false); err != nil {
		what := "unexpected character"
		if err.msg != "" {
			what = lowerFirst(err.msg)
		}
		return &SyntaxError{
			Offset: int64(err.at),
			msg:    fmt.Sprintf("codec: not JSON: %s at byte %d", what, err.at),
		}
	}
	return nil
}

func lowerFirst(s string) string { return string(s[0]|0x20) + s[1:] }
