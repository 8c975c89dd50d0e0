package conform

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Outcome is what an invocation gave.
type Outcome struct {
	RequestID string
	// FunctionError is the header's value, empty on success.
	FunctionError string
	Payload       []byte
	// Log is the log of the invocation, at least its last 4096 bytes.
	Log       string
	ColdStart bool
	Duration  time.Duration
}

// Run is the state of a case's replay: what its placeholders stand for.
type Run struct {
	Case         *Case
	FunctionName string
	FunctionARN  string
	requestIDs   []string
}

// Check compares the outcome of the next step with its record and returns what
// differs, nothing if all is well.
func (r *Run) Check(got Outcome) []string {
	step := &r.Case.Steps[len(r.requestIDs)]
	r.requestIDs = append(r.requestIDs, got.RequestID)
	d := differences{run: r}
	d.answer(step.Expect, got)
	d.failure(step.Expect, got)
	d.logs(step.Expect, got)
	d.duration(step.Expect, got)
	if step.Expect.ColdStart != got.ColdStart {
		d.add("coldStart is %v, want %v", got.ColdStart, step.Expect.ColdStart)
	}
	return d.list
}

type differences struct {
	run  *Run
	list []string
}

func (d *differences) add(format string, args ...any) {
	d.list = append(d.list, fmt.Sprintf(format, args...))
}

var placeholder = regexp.MustCompile(`\$\{(requestId|functionName|functionArn)(?::(\d+))?\}`)

// expand fills in placeholders.
func (d *differences) expand(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		m := placeholder.FindStringSubmatch(p)
		switch {
		case m[1] == "functionName":
			return d.run.FunctionName
		case m[1] == "functionArn":
			return d.run.FunctionARN
		case m[2] == "":
			return d.run.requestIDs[len(d.run.requestIDs)-1]
		}
		n, err := strconv.Atoi(m[2])
		if err != nil || n < 1 || n > len(d.run.requestIDs) {
			return p
		}
		return d.run.requestIDs[n-1]
	})
}

// answer compares the payload.
func (d *differences) answer(want Expect, got Outcome) {
	wantError := ""
	if want.FunctionError != nil {
		wantError = *want.FunctionError
	}
	if got.FunctionError != wantError {
		d.add("functionError is %q, want %q (payload %.300s)", got.FunctionError, wantError, got.Payload)
	}
	switch {
	case want.Payload != nil:
		expected := d.expand(string(want.Payload))
		if !sameJSON([]byte(expected), got.Payload) {
			d.add("payload is %.2000s, want %.2000s", got.Payload, expected)
		}
	case want.PayloadText != nil:
		if expected := d.expand(*want.PayloadText); string(got.Payload) != expected {
			d.add("payload is %.2000q, want %.2000q", got.Payload, expected)
		}
	case want.PayloadSHA256 != "":
		sum := sha256.Sum256(got.Payload)
		if len(got.Payload) != want.PayloadBytes || hex.EncodeToString(sum[:]) != want.PayloadSHA256 {
			d.add("payload has %d bytes and SHA-256 %x, want %d and %s", len(got.Payload), sum, want.PayloadBytes, want.PayloadSHA256)
		}
	}
}

// failure compares the members of an error object.
func (d *differences) failure(want Expect, got Outcome) {
	if want.ErrorType == nil && want.ErrorMessage == nil && want.Trace == nil && want.TraceHead == nil {
		return
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(got.Payload, &object); err != nil {
		d.add("payload %.300q is no error object: %v", got.Payload, err)
		return
	}
	d.member(object, "errorType", want.ErrorType)
	d.member(object, "errorMessage", want.ErrorMessage)
	d.member(object, "trace", want.Trace)
	if want.TraceHead == nil && want.TraceTopFrame == nil {
		return
	}
	var trace []string
	if err := json.Unmarshal(object["trace"], &trace); err != nil {
		d.add("trace is %s, want a list", object["trace"])
		return
	}
	head, frames := splitTrace(trace)
	if want.TraceHead != nil && head != d.expand(*want.TraceHead) {
		d.add("head of trace is %q, want %q", head, *want.TraceHead)
	}
	if want.TraceTopFrame != nil && topFrame(frames) != *want.TraceTopFrame {
		d.add("top frame is %q, want %q; frames are %q", topFrame(frames), *want.TraceTopFrame, frames)
	}
}

func (d *differences) member(object map[string]json.RawMessage, name string, want json.RawMessage) {
	got, there := object[name]
	switch {
	case want == nil:
	case string(want) == "null":
		if there {
			d.add("%s is %s, want none", name, got)
		}
	case !there || !sameJSON([]byte(d.expand(string(want))), got):
		d.add("%s is %s, want %s", name, got, d.expand(string(want)))
	}
}

func splitTrace(trace []string) (head string, frames []string) {
	for i, line := range trace {
		if strings.HasPrefix(strings.TrimLeft(line, " "), "at ") && strings.HasPrefix(line, " ") {
			return strings.Join(trace[:i], "\n"), trace[i:]
		}
	}
	return strings.Join(trace, "\n"), nil
}

var framePosition = regexp.MustCompile(`(?:file://)?/var/task/([^():]+):(\d+)(?::\d+)?\)?$`)

// topFrame returns file:line of the first frame in the function's own files.
func topFrame(frames []string) string {
	for _, frame := range frames {
		if m := framePosition.FindStringSubmatch(frame); m != nil {
			return path.Clean(m[1]) + ":" + m[2]
		}
	}
	return ""
}

func (d *differences) duration(want Expect, got Outcome) {
	ms := int(got.Duration.Milliseconds())
	if ms < want.MinDurationMs {
		d.add("took %d ms, want %d or more", ms, want.MinDurationMs)
	}
	if want.MaxDurationMs > 0 && ms > want.MaxDurationMs {
		d.add("took %d ms, want %d or less", ms, want.MaxDurationMs)
	}
}

// sameJSON compares two JSON texts as values.
func sameJSON(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}
