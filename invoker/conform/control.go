package conform

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed testdata/control
var scenarioFiles embed.FS

// Scenario is a sequence of calls of the control plane, with what AWS answers.
// Those that list or count what an account has want an empty one.
type Scenario struct {
	Name  string `json:"name"`
	About string `json:"about"`
	Calls []Call `json:"calls"`
}

// Call is one request and its response. Texts may hold placeholders, see Target.
type Call struct {
	// Operation is what the call is an example of.
	Operation string `json:"operation"`
	Method    string `json:"method"`
	// Path has the query too, and is percent-encoded.
	Path string `json:"path"`
	// Body is sent as it is; RawBody is one that need not be JSON.
	Body    json.RawMessage `json:"body"`
	RawBody string          `json:"rawBody"`
	// Until says that the response is the one after something has settled: the
	// call is repeated until it comes.
	Until  bool     `json:"until"`
	Expect Response `json:"expect"`
}

// Response is what a call must give.
type Response struct {
	Status int `json:"status"`
	// ErrorType is the header x-amzn-ErrorType; empty: it must be missing.
	ErrorType string `json:"errorType"`
	// Body is the whole body; missing: it must be empty. In it stand patterns
	// too: ${uuid}, ${date} (to the millisecond), ${dateSeconds}, ${epoch},
	// ${sha256} (base64), ${number}, ${any}, and ${NAME=PATTERN} to use a value
	// as ${NAME} in later calls.
	Body json.RawMessage `json:"body"`
	// Partial says that objects of the body may have more members.
	Partial bool `json:"partial"`
}

// Scenarios returns all scenarios, by name.
func Scenarios() ([]Scenario, error) {
	names, err := fs.Glob(scenarioFiles, "testdata/control/*.json")
	if err != nil {
		return nil, fmt.Errorf("conform: %w", err)
	}
	scenarios := make([]Scenario, 0, len(names))
	for _, name := range names {
		text, err := scenarioFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("conform: %w", err)
		}
		var s Scenario
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&s); err != nil {
			return nil, fmt.Errorf("conform: %s: %w", name, err)
		}
		if want := strings.TrimSuffix(path.Base(name), ".json"); s.Name != want {
			return nil, fmt.Errorf("conform: %s: its name is %q", name, s.Name)
		}
		scenarios = append(scenarios, s)
	}
	return scenarios, nil
}

// Target is a control plane that scenarios can be replayed against: ours, or any
// other.
type Target struct {
	// BaseURL is where it listens, without a slash at the end.
	BaseURL string
	// Region and Account stand for ${region} and ${account}.
	Region, Account string
	// Prefix begins the names of functions, layers and the like (${prefix}), so
	// that scenarios do not meet what is there already, nor each other. Letters
	// and digits, not digits only.
	Prefix string
	// Packages are deployment packages in base64, ${zip:NAME}.
	Packages map[string]string
	// Client sends the requests, and may sign them. Default: http.DefaultClient.
	Client *http.Client
}

// Replay makes the scenario's calls and returns what differs from the record,
// nothing if all is well. It stops at the first call that differs.
func (t *Target) Replay(ctx context.Context, s *Scenario) ([]string, error) {
	r := &replay{target: t, values: map[string]string{"region": t.Region, "account": t.Account, "prefix": t.Prefix}}
	for name, text := range t.Packages {
		r.values["zip:"+name] = text
	}
	for i := range s.Calls {
		call := &s.Calls[i]
		differences, err := r.call(ctx, call)
		if err != nil {
			return nil, fmt.Errorf("conform: %s, call %d (%s): %w", s.Name, i+1, call.Operation, err)
		}
		if len(differences) > 0 {
			return append([]string{fmt.Sprintf("call %d, %s: %s %s", i+1, call.Operation, call.Method, r.expand(call.Path))}, differences...), nil
		}
	}
	return nil, nil
}

// Patience with what settles.
const (
	settleWithin = 20 * time.Second
	settlePause  = 5 * time.Millisecond
)

// replay is a scenario on its way.
type replay struct {
	target *Target
	// values are what placeholders stand for.
	values map[string]string
}

// call makes a call, more than once if its response needs time.
func (r *replay) call(ctx context.Context, c *Call) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	for {
		differences, err := r.once(ctx, c)
		if err != nil || len(differences) == 0 || !c.Until {
			return differences, err
		}
		select {
		case <-ctx.Done():
			return differences, nil
		case <-time.After(settlePause):
		}
	}
}

func (r *replay) once(ctx context.Context, c *Call) ([]string, error) {
	text := r.expand(string(c.Body))
	if c.RawBody != "" {
		text = c.RawBody
	}
	req, err := http.NewRequestWithContext(ctx, c.Method, r.target.BaseURL+r.expand(c.Path), strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	if text != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	client := r.target.Client
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	return r.compare(&c.Expect, res, body)
}

// compare returns what differs from the expected response.
func (r *replay) compare(want *Response, res *http.Response, body []byte) ([]string, error) {
	m := matcher{replay: r, partial: want.Partial}
	if res.StatusCode != want.Status {
		m.add("status is %d, want %d", res.StatusCode, want.Status)
	}
	if got := res.Header.Get("x-amzn-ErrorType"); got != want.ErrorType {
		m.add("x-amzn-ErrorType is %q, want %q", got, want.ErrorType)
	}
	if res.Header.Get("x-amzn-RequestId") == "" {
		m.add("x-amzn-RequestId is missing")
	}
	if want.Body == nil {
		if len(body) > 0 {
			m.add("body is %.2000s, want none", body)
		}
		return m.list, nil
	}
	var expected, got any
	if err := json.Unmarshal(want.Body, &expected); err != nil {
		return nil, fmt.Errorf("the expected body: %w", err)
	}
	if err := json.Unmarshal(body, &got); err != nil {
		m.add("body is %.2000q, want JSON", body)
		return m.list, nil
	}
	m.value("body", expected, got)
	if len(m.list) > 0 {
		m.add("the whole body is %.3000s", body)
		return m.list, nil
	}
	m.keep()
	return nil, nil
}
