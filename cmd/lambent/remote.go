package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// localOnly are flags that mean nothing for a function that is served.
var localOnly = []string{"handler", "timeout", "memory", "env", "region", "account", "no-network"}

// runRemote invokes a served function.
func (o *invokeOptions) runRemote(ctx context.Context, changed func(string) bool, name string, payload []byte, out, errOut io.Writer) error {
	for _, flag := range localOnly {
		if changed(flag) {
			return usagef("--%s is for a file or folder; the function %s is served, so give it to 'lambent serve'", flag, name)
		}
	}
	base, err := o.serverURL()
	if err != nil {
		return err
	}
	target := base + "/2015-03-31/functions/" + url.PathEscape(name) + "/invocations"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(payload))
	if err != nil {
		return usagef("--endpoint %q: %w", o.endpoint, err)
	}
	req.Header.Set("Content-Type", "application/json")
	if o.tail {
		req.Header.Set("X-Amz-Log-Type", "Tail")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		if errors.Is(err, syscall.ECONNREFUSED) {
			return fmt.Errorf("no server answers at %s: start one with 'lambent serve', or name its URL with --endpoint; to run a file, name a file that exists", base)
		}
		return fmt.Errorf("invoke %s: %w", name, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("invoke %s: read the response: %w", name, err)
	}
	if res.StatusCode != http.StatusOK {
		return remoteError(name, res, body)
	}
	if log, err := base64.StdEncoding.DecodeString(res.Header.Get("X-Amz-Log-Result")); err == nil {
		if _, err := errOut.Write(log); err != nil {
			return err
		}
	}
	if err := printPayload(out, body); err != nil {
		return err
	}
	if res.Header.Get("X-Amz-Function-Error") != "" {
		return errFailed
	}
	return nil
}

// serverURL is the URL of the server, without a slash at the end.
func (o *invokeOptions) serverURL() (string, error) {
	if o.endpoint != "" && o.dataDir != "" {
		return "", usagef("--endpoint and --data-dir both say which server is meant: give one")
	}
	if o.dataDir != "" {
		return announcedURL(o.dataDir)
	}
	if o.endpoint == "" {
		return "http://" + defaultListen, nil
	}
	u, err := url.Parse(o.endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", usagef("--endpoint %q is not a URL such as http://%s", o.endpoint, defaultListen)
	}
	return strings.TrimSuffix(o.endpoint, "/"), nil
}

// remoteError words an error of the API.
func remoteError(name string, res *http.Response, body []byte) error {
	// The decoder takes message for Message; AWS has both.
	var e struct{ Message, Reason string }
	_ = json.Unmarshal(body, &e) // a body of another form leaves e empty
	kind, _, _ := strings.Cut(res.Header.Get("X-Amzn-Errortype"), ":")
	text := strings.TrimSpace(strings.Join([]string{e.Message, e.Reason}, " "))
	if kind == "" {
		return fmt.Errorf("invoke %s: %s is not the Lambda API: it answered %s", name, res.Request.URL.Host, res.Status)
	}
	if res.StatusCode == http.StatusBadRequest {
		return usagef("invoke %s: %s: %s", name, kind, text)
	}
	return fmt.Errorf("invoke %s: %s: %s", name, kind, text)
}
