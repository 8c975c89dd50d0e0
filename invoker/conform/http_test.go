package conform_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/lambent-run/lambent/invoker"
	"github.com/lambent-run/lambent/invoker/conform"
	"github.com/lambent-run/lambent/runtime"
)

func TestCasesOverHTTP(t *testing.T) {
	t.Parallel()
	rt, err := runtime.New(runtime.Config{Region: "us-east-1", AccountID: "123456789012"})
	if err != nil {
		t.Fatal(err)
	}
	door, err := invoker.New(invoker.Config{Runtime: rt})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- door.Serve(ln) }()
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := door.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := <-served; err != nil && !errors.Is(err, invoker.ErrClosed) {
			t.Errorf("Serve: %v", err)
		}
		_ = rt.Close()
	})
	replay(t, "http", &overHTTP{inProcess{rt}, client, "http://" + ln.Addr().String()})
}

// overHTTP deploys through the library, there being no other way yet, and invokes
// as the SDKs do.
type overHTTP struct {
	inProcess
	client *http.Client
	url    string
}

// initDuration is in the REPORT line of an environment's first invocation,
// INIT_REPORT in the log of one that could not be started; the JSON format has
// members instead.
var initDuration = regexp.MustCompile(`Init Duration: |INIT_REPORT |"initDurationMs":|"platform\.initReport"`)

func (o *overHTTP) invoke(t *testing.T, name string, payload []byte, clientContext json.RawMessage) conform.Outcome {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		o.url+"/2015-03-31/functions/"+name+"/invocations", bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Log-Type", "Tail")
	if clientContext != nil {
		req.Header.Set("X-Amz-Client-Context", base64.StdEncoding.EncodeToString(clientContext))
	}
	begin := time.Now()
	resp, err := o.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(begin)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("status is %s: %s", resp.Status, body)
	}
	tail, err := base64.StdEncoding.DecodeString(resp.Header.Get("X-Amz-Log-Result"))
	if err != nil {
		t.Fatal(err)
	}
	return conform.Outcome{
		RequestID:     resp.Header.Get("X-Amzn-Requestid"),
		FunctionError: resp.Header.Get("X-Amz-Function-Error"),
		Payload:       body,
		Log:           string(tail),
		ColdStart:     initDuration.Match(tail),
		Duration:      took,
	}
}
