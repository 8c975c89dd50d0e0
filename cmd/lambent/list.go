package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/spf13/cobra"
)

func listCommand() *cobra.Command {
	var server remote
	cmd := &cobra.Command{
		Use:   "list [flags]",
		Short: "List functions",
		Example: `  lambent list
  lambent list --profile production --region eu-west-1 --output json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("want no arguments, and got %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return list(cmd.Context(), &server, cmd.OutOrStdout())
		},
	}
	cmd.Flags().SortFlags = false
	server.register(cmd.Flags())
	return cmd
}

// list prints all functions. Its JSON is that of ListFunctions with all pages in
// one.
func list(ctx context.Context, server *remote, out io.Writer) error {
	c, err := server.connect(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if !c.json {
		_, _ = fmt.Fprintln(table, "NAME\tRUNTIME\tHANDLER\tMEMORY\tTIMEOUT\tCODE\tMODIFIED")
	}
	all := []json.RawMessage{}
	for pages := lambda.NewListFunctionsPaginator(c, &lambda.ListFunctionsInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return c.explain("list", err)
		}
		if c.json {
			var answer struct{ Functions []json.RawMessage }
			if err := json.Unmarshal(c.answer.body, &answer); err != nil {
				return fmt.Errorf("list: %w", err)
			}
			all = append(all, answer.Functions...)
			continue
		}
		for _, fn := range page.Functions {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d MB\t%d s\t%s\t%s\n", aws.ToString(fn.FunctionName), fn.Runtime, aws.ToString(fn.Handler),
				aws.ToInt32(fn.MemorySize), aws.ToInt32(fn.Timeout), size(fn.CodeSize), aws.ToString(fn.LastModified))
		}
	}
	if !c.json {
		return table.Flush()
	}
	document, err := json.Marshal(map[string]any{"Functions": all})
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	return printJSON(out, document)
}

func getCommand() *cobra.Command {
	var server remote
	var qualifier string
	cmd := &cobra.Command{
		Use:   "get [flags] NAME",
		Short: "Show a function",
		Example: `  lambent get orders
  lambent get orders --qualifier live --output json`,
		Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			return get(cmd.Context(), &server, args[0], qualifier, cmd.OutOrStdout())
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&qualifier, "qualifier", "", "version or alias")
	server.register(cmd.Flags())
	return cmd
}

// oneName wants the name of one function.
func oneName(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("want the name of one function, and got %d arguments", len(args))
	}
	return nil
}

// get prints what GetFunction returns.
func get(ctx context.Context, server *remote, name, qualifier string, out io.Writer) error {
	c, err := server.connect(ctx)
	if err != nil {
		return err
	}
	in := &lambda.GetFunctionInput{FunctionName: &name}
	if qualifier != "" {
		in.Qualifier = &qualifier
	}
	fn, err := c.GetFunction(ctx, in)
	if err != nil {
		return c.explain("get "+name, err)
	}
	if c.json {
		return printJSON(out, c.answer.body)
	}
	cfg := fn.Configuration
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(label, value string) {
		if value != "" {
			_, _ = fmt.Fprintf(table, "%s\t%s\n", label, value)
		}
	}
	row("Name", aws.ToString(cfg.FunctionName))
	row("ARN", aws.ToString(cfg.FunctionArn))
	row("Version", aws.ToString(cfg.Version))
	row("Description", aws.ToString(cfg.Description))
	row("State", string(cfg.State))
	row("", aws.ToString(cfg.StateReason))
	row("Last update", string(cfg.LastUpdateStatus))
	row("", aws.ToString(cfg.LastUpdateStatusReason))
	row("Runtime", string(cfg.Runtime))
	row("Handler", aws.ToString(cfg.Handler))
	row("Memory", strconv.Itoa(int(aws.ToInt32(cfg.MemorySize)))+" MB")
	row("Timeout", strconv.Itoa(int(aws.ToInt32(cfg.Timeout)))+" s")
	if cfg.Environment != nil {
		for _, key := range sortedKeys(cfg.Environment.Variables) {
			row("Variable", key+"="+cfg.Environment.Variables[key])
		}
	}
	for _, layer := range cfg.Layers {
		row("Layer", aws.ToString(layer.Arn))
	}
	if fn.Concurrency != nil {
		row("Reserved concurrency", strconv.Itoa(int(aws.ToInt32(fn.Concurrency.ReservedConcurrentExecutions))))
	}
	for _, key := range sortedKeys(fn.Tags) {
		row("Tag", key+"="+fn.Tags[key])
	}
	row("Code", size(cfg.CodeSize)+", SHA-256 "+aws.ToString(cfg.CodeSha256))
	row("Modified", aws.ToString(cfg.LastModified))
	if fn.Code != nil {
		row("Download", aws.ToString(fn.Code.Location))
	}
	return table.Flush()
}
