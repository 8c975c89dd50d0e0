package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/auth"
	"github.com/spf13/pflag"
)

// defaultRegion is where functions are if nothing says otherwise.
const defaultRegion = "us-east-1"

// remote are the flags of commands that talk to a server of the Lambda API.
type remote struct {
	endpoint string
	dataDir  string
	profile  string
	region   string
	output   string
}

func (r *remote) register(flags *pflag.FlagSet) {
	r.registerServer(flags)
	flags.StringVar(&r.region, "region", "", "AWS region (default: the profile's, AWS_REGION, or "+defaultRegion+")")
	flags.StringVar(&r.output, "output", "text", "how to print: text, or json as the API has it")
}

// registerServer registers the flags that say which server is meant.
func (r *remote) registerServer(flags *pflag.FlagSet) {
	flags.StringVar(&r.endpoint, "endpoint", "", "URL of the server (default http://"+defaultListen+", or AWS if --profile is given)")
	flags.StringVar(&r.dataDir, "data-dir", "", "find the server by its data directory instead")
	flags.StringVar(&r.profile, "profile", "", "profile of the AWS configuration files, for its credentials, region and endpoint")
}

// client talks to one server.
type client struct {
	*lambda.Client
	base string // the server's URL; empty: what the profile says
	// answer is what the server answered last.
	answer *lastAnswer
	json   bool
	cfg    aws.Config
}

// connect makes a client. Nothing is sent yet.
func (r *remote) connect(ctx context.Context) (*client, error) {
	if r.output != "" && r.output != "text" && r.output != "json" {
		return nil, usagef("--output %q: want text or json", r.output)
	}
	base, err := serverURL(r.endpoint, r.dataDir, r.profile == "")
	if err != nil {
		return nil, err
	}
	cfg, err := r.configuration(ctx)
	if err != nil {
		return nil, err
	}
	answer := &lastAnswer{client: awshttp.NewBuildableClient()}
	api := lambda.NewFromConfig(cfg, func(o *lambda.Options) {
		o.HTTPClient = answer
		if base != "" {
			o.BaseEndpoint = &base
			// A server on this machine that is down stays down.
			o.Retryer = aws.NopRetryer{}
		}
		if cfg.Credentials == nil {
			o.AuthSchemeResolver = unsigned{}
		}
	})
	return &client{Client: api, base: base, answer: answer, json: r.output == "json", cfg: cfg}, nil
}

// unsigned makes a client sign nothing.
type unsigned struct{}

// ResolveAuthSchemes implements lambda.AuthSchemeResolver.
func (unsigned) ResolveAuthSchemes(context.Context, *lambda.AuthResolverParameters) ([]*auth.Option, error) {
	return []*auth.Option{{SchemeID: auth.SchemeIDAnonymous}}, nil
}

// configuration reads credentials and region. Without a profile they come from
// the environment's variables, if they are there, and no file is read. Without
// any of it requests are not signed, which makes the server's own region count.
func (r *remote) configuration(ctx context.Context) (aws.Config, error) {
	var cfg aws.Config
	if r.profile != "" {
		var err error
		if cfg, err = config.LoadDefaultConfig(ctx, config.WithSharedConfigProfile(r.profile)); err != nil {
			return cfg, usagef("--profile %s: %w", r.profile, err)
		}
	} else {
		cfg.Region = os.Getenv("AWS_REGION")
		key, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
		if key == "" || secret == "" {
			key, secret = "local", "local"
		}
		if key != "local" || cfg.Region != "" || r.region != "" {
			cfg.Credentials = credentials.NewStaticCredentialsProvider(key, secret, os.Getenv("AWS_SESSION_TOKEN"))
		}
	}
	if r.region != "" {
		cfg.Region = r.region
	}
	if cfg.Region == "" {
		cfg.Region = defaultRegion
	}
	return cfg, nil
}

// lastAnswer is an HTTP client that keeps the body of the last answer, so that
// --output json can print what the API sent, to the byte.
type lastAnswer struct {
	client aws.HTTPClient
	body   []byte
}

// Do implements aws.HTTPClient.
func (l *lastAnswer) Do(req *http.Request) (*http.Response, error) {
	l.body = nil
	res, err := l.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if l.body, err = io.ReadAll(res.Body); err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(l.body))
	return res, nil
}

// printJSON prints a document with indentation.
func printJSON(out io.Writer, document []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, document, "", "  "); err != nil {
		return fmt.Errorf("the server's answer is not JSON: %w", err)
	}
	b.WriteByte('\n')
	_, err := out.Write(b.Bytes())
	return err
}

// explain words an error of a call: what failed, and what to do about it.
func (c *client) explain(what string, err error) error {
	var (
		answered smithy.APIError
		response *awshttp.ResponseError
	)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: interrupted", what)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("no server answers at %s: start one with 'lambent serve', or name its URL with --endpoint", c.where())
	case !errors.As(err, &answered):
		return fmt.Errorf("%s: %w", what, err)
	}
	status := 0
	if errors.As(err, &response) {
		status = response.HTTPStatusCode()
		if response.Response.Header.Get("X-Amzn-Errortype") == "" {
			return fmt.Errorf("%s: %s is not the Lambda API: it answered %s", what, c.where(), response.Response.Status)
		}
	}
	message := answered.ErrorMessage()
	if throttled, ok := errors.AsType[*types.TooManyRequestsException](err); ok {
		message += " " + string(throttled.Reason)
	}
	text := fmt.Errorf("%s: %s: %s%s", what, answered.ErrorCode(), message, c.hint(status, answered.ErrorCode()))
	if status == http.StatusBadRequest {
		return usageError{text}
	}
	return text
}

// hint says what may help against an error.
func (c *client) hint(status int, code string) string {
	switch {
	case status == http.StatusForbidden && c.base != "":
		return "; the server checks who calls: give credentials with --profile or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
	case status == http.StatusForbidden:
		return "; check the profile's credentials and what they may do"
	case code == "ResourceNotFoundException":
		return "; 'lambent list' shows what is there"
	}
	return ""
}

// where names the server.
func (c *client) where() string {
	if c.base != "" {
		return c.base
	}
	return "AWS"
}

// isNotFound reports whether the API answered that a resource does not exist.
func isNotFound(err error) bool {
	var answered smithy.APIError
	return errors.As(err, &answered) && answered.ErrorCode() == "ResourceNotFoundException"
}
