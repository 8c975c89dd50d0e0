package conform

import (
	"encoding/json"
	"regexp"
	"strings"
)

var (
	// entryStart is the prefix of a log entry in text format.
	entryStart = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t([^\t]*)\t([A-Z]+)\t`)
	// platformLine is a line that the platform writes, not the function.
	platformLine = regexp.MustCompile(`^(START RequestId: |END RequestId: |REPORT RequestId: |INIT_START |INIT_REPORT |RequestId: \S+ Error: |Runtime\.\w+$|\d{4}-\S+Z \S+ Task timed out|\(node:)`)
	// ownTitle begins the message of a line that AWS's client writes itself.
	ownTitle = regexp.MustCompile(`^(Invoke Error|Uncaught Exception|Unhandled Promise Rejection|Unexpected Top Level Error|Invocation has already been reported as done|Streaming handlers ignore return values|AWS Lambda plans to remove support for callback-based)`)
)

// logs compares the function's own log.
func (d *differences) logs(want Expect, got Outcome) {
	text := strings.ReplaceAll(got.Log, "\r", "\n")
	if d.run.Case.LogFormat == "JSON" {
		d.jsonLogs(want, text)
		return
	}
	lines, own := textLines(text, got.RequestID)
	var expected []string
	for _, raw := range want.Logs {
		var entry struct {
			Level   *string `json:"level"`
			Message string  `json:"message"`
		}
		if err := json.Unmarshal(raw, &entry); err != nil {
			d.add("bad record %s: %v", raw, err)
			return
		}
		message := d.expand(entry.Message)
		if entry.Level != nil {
			message = *entry.Level + "\t" + message
		}
		expected = append(expected, splitLines(message)...)
	}
	if a, b := strings.Join(lines, "\n"), strings.Join(expected, "\n"); a != b {
		d.add("log is\n%s\nwant\n%s", a, b)
	}
	if want.ErrorLog != nil {
		d.errorLog(*want.ErrorLog, own)
	}
}

func splitLines(text string) []string {
	var lines []string
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n") {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// textLines returns the lines of the function's entries, "LEVEL\tmessage", and
// the messages of the runtime's own. The first line of an entry decides over
// those that continue it.
func textLines(text, requestID string) (lines, own []string) {
	skipping := false
	for _, line := range splitLines(text) {
		m := entryStart.FindStringSubmatch(line)
		switch {
		case m != nil:
			message := line[len(m[0]):]
			isOwn := ownTitle.MatchString(message)
			if isOwn {
				own = append(own, message)
			}
			skipping = isOwn || m[1] == "undefined"
			if !skipping {
				lines = append(lines, m[2]+"\t"+message)
				if m[1] != requestID {
					lines[len(lines)-1] += " (of request " + m[1] + ")"
				}
			}
		case platformLine.MatchString(line):
			skipping = false
		case !skipping:
			lines = append(lines, line)
		}
	}
	return lines, own
}

// errorLog looks for the runtime's own line about a failure.
func (d *differences) errorLog(want ErrorLog, own []string) {
	for _, message := range own {
		title, text, ok := strings.Cut(message, " \t")
		if !ok || title != want.Title {
			continue
		}
		var object map[string]any
		if err := json.Unmarshal([]byte(text), &object); err != nil {
			d.add("error line %q is no JSON: %v", text, err)
			return
		}
		dropStacks(object)
		got, err := json.Marshal(object)
		if err != nil || !sameJSON(got, []byte(d.expand(string(want.Error)))) {
			d.add("error line is %s, want %s", got, want.Error)
		}
		return
	}
	d.add("no line %q in the log, own lines are %q", want.Title, own)
}

func dropStacks(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "stack")
		for _, member := range v {
			dropStacks(member)
		}
	case []any:
		for _, member := range v {
			dropStacks(member)
		}
	}
}

// jsonLogs compares a log in JSON format.
func (d *differences) jsonLogs(want Expect, text string) {
	var lines []map[string]any
	for _, line := range splitLines(text) {
		var object map[string]any
		if json.Unmarshal([]byte(line), &object) != nil {
			d.add("log line %q is no JSON", line)
			continue
		}
		if kind, ok := object["type"].(string); ok && strings.HasPrefix(kind, "platform.") {
			continue
		}
		delete(object, "timestamp")
		delete(object, "requestId")
		dropTraces(object)
		lines = append(lines, object)
	}
	got, err := json.Marshal(lines)
	if err != nil {
		d.add("log: %v", err)
		return
	}
	expected, err := json.Marshal(want.Logs)
	if err != nil {
		d.add("record: %v", err)
		return
	}
	if len(lines) == 0 && len(want.Logs) == 0 {
		return
	}
	if !sameJSON(got, []byte(d.expand(string(expected)))) {
		d.add("log is\n%s\nwant\n%s", got, expected)
	}
}

func dropTraces(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "stackTrace")
		for _, member := range v {
			dropTraces(member)
		}
	case []any:
		for _, member := range v {
			dropTraces(member)
		}
	}
}
