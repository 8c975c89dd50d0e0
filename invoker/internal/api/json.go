package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// encode is v as JSON, with < > & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// orEmpty is a list that is [] as JSON if it is empty, never null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// millis is a time as a function's LastModified and a layer's CreatedDate are
// sent: ISO 8601 to the millisecond, the offset without a colon.
type millis time.Time

// MarshalJSON implements json.Marshaler.
func (t millis) MarshalJSON() ([]byte, error) {
	return time.Time(t).UTC().AppendFormat(nil, `"2006-01-02T15:04:05.000-0700"`), nil
}

// seconds is a time as a provisioned concurrency's LastModified is sent: ISO
// 8601 to the second.
type seconds time.Time

// MarshalJSON implements json.Marshaler.
func (t seconds) MarshalJSON() ([]byte, error) {
	return time.Time(t).UTC().AppendFormat(nil, `"2006-01-02T15:04:05-0700"`), nil
}

// epoch is a time as a number of seconds, as that of event invoke configs.
type epoch time.Time

// MarshalJSON implements json.Marshaler.
func (t epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Time(t).UnixMilli())/1e3, 'f', 3, 64), nil
}
