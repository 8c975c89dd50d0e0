package codec

import (
	"fmt"
	"strconv"
	"unicode/utf16"
)

// syntaxError says where a text is not JSON, and why.
type syntaxError struct {
	at  int    // byte offset
	msg string // without the position; empty for an unexpected token
}

func (e *syntaxError) Error() string {
	msg := e.msg
	if msg == "" {
		msg = "unexpected character"
	}
	return fmt.Sprintf("codec: %s at byte %d", msg, e.at)
}

// What may be wrong, in V8's words (Node 20).
const (
	msgEnd       = "Unexpected end of JSON input"
	msgFirstKey  = "Expected property name or '}'"
	msgNextKey   = "Expected double-quoted property name"
	msgColon     = "Expected ':' after property name"
	msgObject    = "Expected ',' or '}' after property value"
	msgArray     = "Expected ',' or ']' after array element"
	msgAfter     = "Unexpected non-whitespace character after JSON"
	msgString    = "Unterminated string"
	msgControl   = "Bad control character in string literal"
	msgEscape    = "Bad escaped character"
	msgUnicode   = "Bad Unicode escape"
	msgNumber    = "No number after minus sign"
	msgDigit     = "Unexpected number"
	msgFraction  = "Unterminated fractional number"
	msgExponent  = "Exponent part is missing a number"
	atPosition   = " at position "
	inJSON       = " in JSON" + atPosition
	notValidJSON = " is not valid JSON"
)

func failToken(at int) *syntaxError    { return &syntaxError{at, ""} }
func failEnd(at int) *syntaxError      { return &syntaxError{at, msgEnd} }
func failFirstKey(at int) *syntaxError { return &syntaxError{at, msgFirstKey} }
func failNextKey(at int) *syntaxError  { return &syntaxError{at, msgNextKey} }
func failColon(at int) *syntaxError    { return &syntaxError{at, msgColon} }
func failObject(at int) *syntaxError   { return &syntaxError{at, msgObject} }
func failArray(at int) *syntaxError    { return &syntaxError{at, msgArray} }
func failAfter(at int) *syntaxError    { return &syntaxError{at, msgAfter} }
func failString(at int) *syntaxError   { return &syntaxError{at, msgString} }
func failControl(at int) *syntaxError  { return &syntaxError{at, msgControl} }
func failEscape(at int) *syntaxError   { return &syntaxError{at, msgEscape} }
func failUnicode(at int) *syntaxError  { return &syntaxError{at, msgUnicode} }
func failNumber(at int) *syntaxError   { return &syntaxError{at, msgNumber} }
func failDigit(at int) *syntaxError    { return &syntaxError{at, msgDigit} }
func failFraction(at int) *syntaxError { return &syntaxError{at, msgFraction} }
func failExponent(at int) *syntaxError { return &syntaxError{at, msgExponent} }

// V8 shows ten characters on either side of an unexpected token, unless the
// text is shorter than two such stretches and the token.
const (
	contextLen  = 10
	minQuoteLen = 2*contextLen + 1
)

// message returns the error as V8 words it for this text. Positions and
// lengths count UTF-16 code units there.
func (e *syntaxError) message(text string) []uint16 {
	at := unitLen(text[:e.at])
	switch {
	case e.msg == msgEnd:
		return units(msgEnd)
	case e.msg != "":
		where := inJSON
		if e.msg == msgAfter {
			where = atPosition // it names JSON itself
		}
		return units(e.msg + where + strconv.Itoa(at))
	case text == "NaN" || text == "Infinity" || text == "undefined" || text == "[object Object]":
		return units(`"` + text + `"` + notValidJSON)
	}
	whole := decodeUnits(nil, text)
	from, to := 0, len(whole)
	open, shut := `"`, `"`
	if len(whole) >= minQuoteLen {
		if at >= contextLen {
			from, open = at-contextLen, `..."`
		}
		if at < contextLen || at < len(whole)-contextLen {
			to, shut = at+contextLen, `"...`
		}
	}
	msg := append(units("Unexpected token '"), whole[at])
	msg = append(msg, units("', "+open)...)
	msg = append(msg, whole[from:to]...)
	return append(msg, units(shut+notValidJSON)...)
}

func units(s string) []uint16 { return utf16.Encode([]rune(s)) }
