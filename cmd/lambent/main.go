// Command lambent runs AWS Lambda functions on this machine: it serves a folder
// of them over the Lambda API, or runs one of them once.
//
// Flags become a runtime.Config and an invoker.Config; all else is theirs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitFailure = 1 // the function failed, or could not be run
	exitUsage   = 2 // the command line is wrong
)

// heapFloor is memory that is never touched, and so never resident, but counts
// when the collector decides how far the heap may grow: with a live heap of few
// MB, as a server of small functions has, it would otherwise run hundreds of
// times a second.
var heapFloor = make([]byte, 32<<20)

func main() {
	runtime.KeepAlive(heapFloor)
	// Functions see the process's local time, and Lambda's is UTC.
	time.Local = time.UTC
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the next one ends the process at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// usageError is a mistake in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errFailed ends the process with exitFailure and no message: what happened has
// been shown.
var errFailed = errors.New("function failed")

// run executes a command line and returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errFailed):
		return exitFailure
	case errors.As(err, &usage):
		_, _ = fmt.Fprintf(errOut, "lambent: %v\nSee '%s --help'.\n", err, calledPath(root, args))
		return exitUsage
	}
	_, _ = fmt.Fprintf(errOut, "lambent: %v\n", err)
	return exitFailure
}

// calledPath is the command that args name, for a hint at its help.
func calledPath(root *cobra.Command, args []string) string {
	if cmd, _, err := root.Find(args); err == nil {
		return cmd.CommandPath()
	}
	return root.CommandPath()
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "lambent",
		Short: "Run AWS Lambda functions on this machine",
		Long: `Lambent runs AWS Lambda functions, unmodified, inside one process.

Serve a folder of functions and call them with any AWS SDK or the AWS CLI:

  lambent serve ./functions
  aws lambda invoke --endpoint-url http://127.0.0.1:9000 \
      --function-name hello --payload '{"name":"Ada"}' \
      --cli-binary-format raw-in-base64-out reply.json

Or run one of them once:

  lambent invoke ./functions/hello.js --event '{"name":"Ada"}'`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("there is no command %q", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(serveCommand(), deployCommand(), listCommand(), getCommand(), deleteCommand(), invokeCommand(), logsCommand(), versionCommand())
	return root
}
