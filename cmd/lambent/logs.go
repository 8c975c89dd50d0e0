package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/smithy-go/auth"
	"github.com/spf13/cobra"

	"github.com/lambent-run/lambent/runtime/function"
)

// How long a follower waits before it asks again: a server on this machine, or
// AWS, which allows few requests a second.
const (
	pollLocal = 500 * time.Millisecond
	pollAWS   = 2 * time.Second
)

// logsOptions are the flags of logs.
type logsOptions struct {
	server remote
	follow bool
	since  time.Duration
	filter string
}

func logsCommand() *cobra.Command {
	var o logsOptions
	cmd := &cobra.Command{
		Use:   "logs [flags] NAME",
		Short: "Show what a function logged",
		Long: `Show what a function logged, the oldest first: its own lines and those of the
platform. A server keeps the latest few megabytes of each function, and forgets
them when it ends. With --output json each event is one line, as FilterLogEvents
has it.`,
		Example: `  lambent logs hello
  lambent logs -f --since 1h hello
  lambent logs --filter '"Task timed out"' --profile production orders`,
		Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.since < 0 {
				return usagef("--since is %s, want 0 or more", o.since)
			}
			return o.run(cmd.Context(), args[0], cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&o.follow, "follow", "f", false, "go on with what is logged from now on, until interrupted")
	flags.DurationVar(&o.since, "since", 10*time.Minute, "how old the first event may be; 0: as old as there are any")
	flags.StringVar(&o.filter, "filter", "", "show only events that match a filter pattern of CloudWatch Logs: words, \"phrases\", -words that must not be there, ?words of which one is enough, %regular expressions%")
	o.server.register(flags)
	return cmd
}

// run prints a function's log.
func (o *logsOptions) run(ctx context.Context, name string, out io.Writer) error {
	c, err := o.server.connect(ctx)
	if err != nil {
		return err
	}
	what := "logs " + name
	group, missing := c.logGroup(ctx, name)
	if missing != nil && !isNotFound(missing) {
		return c.explain(what, missing)
	}
	t := &tail{client: c, api: c.logs(), group: group, filter: o.filter, out: out}
	if o.since > 0 {
		t.from = time.Now().Add(-o.since).UnixMilli()
	}
	poll := pollAWS
	if c.base != "" {
		poll = pollLocal
	}
	for {
		switch err := t.print(ctx); {
		case isNotFound(err) && missing != nil:
			// Neither the function is there, nor what one of that name left behind.
			return c.explain(what, missing)
		case isNotFound(err): // it has not logged anything yet
		case o.follow && ctx.Err() != nil:
			return nil
		case err != nil:
			return c.explain(what, err)
		}
		if !o.follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(poll):
		}
	}
}

// logs is a client of CloudWatch Logs at the same server.
func (c *client) logs() *cloudwatchlogs.Client {
	return cloudwatchlogs.NewFromConfig(c.cfg, func(o *cloudwatchlogs.Options) {
		if c.base != "" {
			o.BaseEndpoint = &c.base
			o.Retryer = aws.NopRetryer{}
		}
		if c.cfg.Credentials == nil {
			o.AuthSchemeResolver = unsignedLogs{}
		}
	})
}

// unsignedLogs makes a client of CloudWatch Logs sign nothing.
type unsignedLogs struct{}

// ResolveAuthSchemes implements cloudwatchlogs.AuthSchemeResolver.
func (unsignedLogs) ResolveAuthSchemes(context.Context, *cloudwatchlogs.AuthResolverParameters) ([]*auth.Option, error) {
	return []*auth.Option{{SchemeID: auth.SchemeIDAnonymous}}, nil
}

// logGroup returns the log group of a function, which is also there if the
// function is not, and why that could not be asked.
func (c *client) logGroup(ctx context.Context, name string) (string, error) {
	group := "/aws/lambda/" + name
	if ref, err := function.ParseReference(name); err == nil {
		group = "/aws/lambda/" + ref.Name
	}
	fn, err := c.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &name})
	if err == nil && fn.LoggingConfig != nil && aws.ToString(fn.LoggingConfig.LogGroup) != "" {
		group = *fn.LoggingConfig.LogGroup
	}
	return group, err
}

// tail prints a log group's events, each once.
type tail struct {
	client *client
	api    *cloudwatchlogs.Client
	group  string
	filter string
	out    io.Writer

	from int64           // time of the last event, in milliseconds since 1970
	seen map[string]bool // ids of the events of that time
}

// print prints what there is now and has not been printed.
func (t *tail) print(ctx context.Context) error {
	in := &cloudwatchlogs.FilterLogEventsInput{LogGroupName: &t.group}
	if from := t.from; from > 0 {
		in.StartTime = &from
	}
	if t.filter != "" {
		in.FilterPattern = &t.filter
	}
	for pages := cloudwatchlogs.NewFilterLogEventsPaginator(t.api, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for i := range page.Events {
			if err := t.event(&page.Events[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// event prints an event, unless it has been printed.
func (t *tail) event(e *logtypes.FilteredLogEvent) error {
	at, id := aws.ToInt64(e.Timestamp), aws.ToString(e.EventId)
	if t.seen[id] {
		return nil
	}
	if at > t.from || t.seen == nil {
		t.from, t.seen = max(t.from, at), map[string]bool{}
	}
	t.seen[id] = true
	text := strings.TrimRight(aws.ToString(e.Message), "\n") + "\n"
	if t.client.json {
		line, err := json.Marshal(struct {
			Stream   string `json:"logStreamName"`
			Time     int64  `json:"timestamp"`
			Message  string `json:"message"`
			Ingested int64  `json:"ingestionTime"`
			ID       string `json:"eventId"`
		}{aws.ToString(e.LogStreamName), at, aws.ToString(e.Message), aws.ToInt64(e.IngestionTime), id})
		if err != nil {
			return errors.Join(errors.New("an event cannot be printed"), err)
		}
		text = string(line) + "\n"
	}
	_, err := io.WriteString(t.out, text)
	return err
}
