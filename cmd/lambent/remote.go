package main

import (
	"context"
	"encoding/base64"
	"io"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// localOnly are flags that mean nothing for a function that is served.
var localOnly = []string{"handler", "timeout", "memory", "env", "account", "no-network"}

// runRemote invokes a served function.
func (o *invokeOptions) runRemote(ctx context.Context, changed func(string) bool, name string, payload []byte, out, errOut io.Writer) error {
	for _, flag := range localOnly {
		if changed(flag) {
			return usagef("--%s is for a file or folder; the function %s is served, so give it to 'lambent serve' or 'lambent deploy'", flag, name)
		}
	}
	if changed("region") {
		o.server.region = o.region
	}
	c, err := o.server.connect(ctx)
	if err != nil {
		return err
	}
	in := &lambda.InvokeInput{FunctionName: &name, Payload: payload}
	if o.qualifier != "" {
		in.Qualifier = &o.qualifier
	}
	if o.tail {
		in.LogType = types.LogTypeTail
	}
	res, err := c.Invoke(ctx, in)
	if err != nil {
		return c.explain("invoke "+name, err)
	}
	if log, err := base64.StdEncoding.DecodeString(aws.ToString(res.LogResult)); err == nil {
		if _, err := errOut.Write(log); err != nil {
			return err
		}
	}
	if err := printPayload(out, res.Payload); err != nil {
		return err
	}
	if res.FunctionError != nil {
		return errFailed
	}
	return nil
}

// serverURL is the URL of the server that the flags --endpoint and --data-dir
// name, without a slash at the end. If they are empty it is that of 'lambent
// serve' by default, or, if that is not meant, empty.
func serverURL(endpoint, dataDir string, byDefault bool) (string, error) {
	switch {
	case endpoint != "" && dataDir != "":
		return "", usagef("--endpoint and --data-dir both say which server is meant: give one")
	case dataDir != "":
		return announcedURL(dataDir)
	case endpoint == "" && byDefault:
		return "http://" + defaultListen, nil
	case endpoint == "":
		return "", nil
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", usagef("--endpoint %q is not a URL such as http://%s", endpoint, defaultListen)
	}
	return strings.TrimSuffix(endpoint, "/"), nil
}
