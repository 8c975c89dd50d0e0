// Package conform holds AWS Lambda up as a mirror: small functions, what AWS's
// own Node.js runtime client answered to each of them, and the comparison of an
// answer with that record. The cases in testdata/cases were recorded on the
// nodejs20.x runtime and can be replayed against anything that deploys a
// function and invokes it.
package conform

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed testdata/cases
var caseFiles embed.FS

// Case deploys one function and invokes it one or more times in a row.
type Case struct {
	Name  string   `json:"name"`
	About string   `json:"about"`
	Tags  []string `json:"tags"`
	// Files is the deployment package, path to text.
	Files   map[string]string `json:"files"`
	Handler string            `json:"handler"`
	// Timeout is in seconds, Memory in MB.
	Timeout   int               `json:"timeout"`
	Memory    int               `json:"memory"`
	Env       map[string]string `json:"env"`
	LogFormat string            `json:"logFormat"`
	LogLevel  string            `json:"logLevel"`
	Steps     []Step            `json:"steps"`
}

// Step is one invocation and what must come of it.
type Step struct {
	Event json.RawMessage `json:"event"`
	// RawEvent is the exact payload instead: a string, or {"repeat","times"} for
	// a long JSON string.
	RawEvent      json.RawMessage `json:"rawEvent"`
	ClientContext json.RawMessage `json:"clientContext"`
	WaitBeforeMs  int             `json:"waitBeforeMs"`
	Expect        Expect          `json:"expect"`
}

// Expect is the recorded answer. Members that are missing are not compared.
type Expect struct {
	FunctionError *string         `json:"functionError"`
	Payload       json.RawMessage `json:"payload"`
	PayloadText   *string         `json:"payloadText"`
	PayloadBytes  int             `json:"payloadBytes"`
	PayloadSHA256 string          `json:"payloadSha256"`
	// ErrorType, ErrorMessage and Trace are null where the member must be missing.
	ErrorType     json.RawMessage `json:"errorType"`
	ErrorMessage  json.RawMessage `json:"errorMessage"`
	Trace         json.RawMessage `json:"trace"`
	TraceHead     *string         `json:"traceHead"`
	TraceTopFrame *string         `json:"traceTopFrame"`
	Logs          []LogEntry      `json:"logs"`
	ErrorLog      *ErrorLog       `json:"errorLog"`
	MinDurationMs int             `json:"minDurationMs"`
	MaxDurationMs int             `json:"maxDurationMs"`
	ColdStart     bool            `json:"coldStart"`
}

// ErrorLog is the line that the runtime itself logs for a failure.
type ErrorLog struct {
	Title string          `json:"title"`
	Error json.RawMessage `json:"error"`
}

// LogEntry is one entry of the function's log. In text format it has Level and
// Message; in JSON format it is the logged object.
type LogEntry = json.RawMessage

// Cases returns all cases, by name.
func Cases() ([]Case, error) {
	names, err := fs.Glob(caseFiles, "testdata/cases/*.json")
	if err != nil {
		return nil, fmt.Errorf("conform: %w", err)
	}
	cases := make([]Case, 0, len(names))
	for _, name := range names {
		text, err := caseFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("conform: %w", err)
		}
		var c Case
		if err := json.Unmarshal(text, &c); err != nil {
			return nil, fmt.Errorf("conform: %s: %w", name, err)
		}
		if want := strings.TrimSuffix(path.Base(name), ".json"); c.Name != want {
			return nil, fmt.Errorf("conform: %s: its name is %q", name, c.Name)
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// HasTag reports whether the case has a tag.
func (c *Case) HasTag(tag string) bool {
	for _, t := range c.Tags {
		if t == tag {
			return true
		}
	}
	return false
}

// Payload returns the bytes of the step's event.
func (s *Step) Payload() ([]byte, error) {
	if s.RawEvent == nil {
		return s.Event, nil
	}
	var text string
	if json.Unmarshal(s.RawEvent, &text) == nil {
		return []byte(text), nil
	}
	var long struct {
		Repeat string `json:"repeat"`
		Times  int    `json:"times"`
	}
	if err := json.Unmarshal(s.RawEvent, &long); err != nil {
		return nil, fmt.Errorf("conform: rawEvent: %w", err)
	}
	return json.Marshal(strings.Repeat(long.Repeat, long.Times))
}
