package host

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// maxLine is the longest log event, in bytes; what is longer becomes several.
const maxLine = 256 << 10

// Levels of the log, lowest first.
const (
	levelTrace = iota
	levelDebug
	levelInfo
	levelWarn
	levelError
	levelFatal
)

var levels = [...]string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}

// ParseLevel returns the level of a name, the lowest one for any other text.
func ParseLevel(name string) int {
	for level, text := range levels {
		if strings.EqualFold(name, text) {
			return level
		}
	}
	return levelTrace
}

// Log makes log events of what a guest says: a call of the function log is one,
// and so is each line that it writes (Lines).
type Log struct {
	// Out takes the events, one with each Write; nil: nobody does.
	Out io.Writer
	// JSON selects Lambda's JSON format, Level the lowest level that is logged.
	JSON  bool
	Level int
}

// Event logs a text at a level. inv may be nil.
func (l *Log) Event(inv *Invocation, level int, text string) {
	if l.Out == nil || level < l.Level {
		return
	}
	text = text[:min(len(text), maxLine)]
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	_, _ = l.Out.Write(l.format(inv, level, text)) // a log that fails is nobody's
}

// Fail logs that an invocation, or the init phase, failed: in the text format a
// title and the error object, in the JSON format the object alone.
func (l *Log) Fail(inv *Invocation, title string, object []byte) {
	switch {
	case l.Out == nil:
	case l.JSON:
		_, _ = l.Out.Write(l.formatJSON(inv, levelError, object))
	default:
		_, _ = l.Out.Write(l.format(inv, levelError, title+" \t"+string(object)))
	}
}

func (l *Log) format(inv *Invocation, level int, text string) []byte {
	if l.JSON {
		message, _ := json.Marshal(text) // a string: it cannot fail
		return l.formatJSON(inv, level, message)
	}
	id := "undefined"
	if inv != nil {
		id = inv.RequestID
	}
	line := appendTime(make([]byte, 0, len(text)+80))
	for _, part := range [...]string{"\t", id, "\t", levels[level], "\t", text, "\n"} {
		line = append(line, part...)
	}
	return line
}

// formatJSON has the members in Lambda's order.
func (l *Log) formatJSON(inv *Invocation, level int, message []byte) []byte {
	event := struct {
		Time     string          `json:"timestamp"`
		Level    string          `json:"level"`
		Request  string          `json:"requestId,omitempty"`
		TenantID string          `json:"tenantId,omitempty"`
		Message  json.RawMessage `json:"message"`
	}{Time: string(appendTime(nil)), Level: levels[level], Message: message}
	if inv != nil {
		event.Request, event.TenantID = inv.RequestID, inv.TenantID
	}
	line, err := json.Marshal(event)
	if err != nil { // the message is not JSON
		return nil
	}
	return append(line, '\n')
}

// appendTime appends the time as log lines show it.
func appendTime(b []byte) []byte {
	return time.Now().UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
}

// Lines is a guest's standard error, or the standard output of a reactor: each
// line is an event, logged as it is.
type Lines struct {
	Log  *Log
	line []byte // one that has no end yet
}

// Write logs the lines that are complete.
func (l *Lines) Write(p []byte) (int, error) {
	n := len(p)
	if l.Log.Out == nil {
		return n, nil
	}
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n') + 1
		complete := end > 0
		if !complete {
			end = len(p)
		}
		if room := maxLine - len(l.line); end >= room {
			end, complete = room, true
		}
		l.line = append(l.line, p[:end]...)
		p = p[end:]
		if complete {
			l.Flush()
		}
	}
	return n, nil
}

// keptLine is how much room for lines an idle isolate keeps, in bytes.
const keptLine = 4 << 10

// Flush logs the line that has no end yet, at the end of an invocation.
func (l *Lines) Flush() {
	if len(l.line) == 0 {
		return
	}
	if l.line[len(l.line)-1] != '\n' {
		l.line = append(l.line, '\n')
	}
	_, _ = l.Log.Out.Write(l.line) // a log that fails is nobody's
	if l.line = l.line[:0]; cap(l.line) > keptLine {
		l.line = nil
	}
}
