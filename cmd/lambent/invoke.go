package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lambent-run/lambent/runtime"
)

// invokeOptions are the flags of invoke.
type invokeOptions struct {
	settings
	server    remote
	event     string
	qualifier string
	tail      bool
}

func invokeCommand() *cobra.Command {
	var o invokeOptions
	cmd := &cobra.Command{
		Use:   "invoke [flags] FILE|FOLDER|NAME",
		Short: "Run a function once",
		Long: `Run a function once and print its response.

A FILE or FOLDER runs in this process. Anything else is the NAME of a function
that 'lambent serve' serves, or its ARN, with a qualifier if need be; so is a
file's name if --endpoint, --data-dir or --profile is given.

The response goes to standard output and the function's log to standard error.
The exit code is 0, 1 if the function failed (the response is the error then)
or could not be run, and 2 if the command line is wrong.`,
		Example: `  lambent invoke hello.js --event '{"name":"Ada"}'
  lambent invoke ./orders --event @order.json --env TABLE=orders --timeout 10
  echo '{"name":"Ada"}' | lambent invoke hello --event - --tail
  lambent invoke hello --endpoint http://127.0.0.1:9000 --qualifier live
  lambent invoke hello --profile production --region eu-west-1`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("want one function, a file, a folder or a name, and got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			payload, err := readEvent(o.event, cmd.InOrStdin())
			if err != nil {
				return err
			}
			remote := o.server.endpoint != "" || o.server.dataDir != "" || o.server.profile != ""
			if _, err := os.Stat(args[0]); err == nil && !remote {
				return o.runLocal(cmd.Context(), args[0], payload, cmd.OutOrStdout(), cmd.ErrOrStderr())
			}
			if !remote && looksLikePath(args[0]) {
				return usagef("there is no file or folder %s", args[0])
			}
			return o.runRemote(cmd.Context(), cmd.Flags().Changed, args[0], payload, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.event, "event", "{}", "the event: JSON, @FILE, or - for standard input")
	o.server.registerServer(flags)
	flags.StringVar(&o.qualifier, "qualifier", "", "version or alias of NAME")
	flags.BoolVar(&o.tail, "tail", false, "also show the end of a served function's log (a file's is always shown)")
	o.register(flags)
	return cmd
}

// readEvent reads the value of --event.
func readEvent(event string, in io.Reader) ([]byte, error) {
	if event == "-" {
		text, err := io.ReadAll(in)
		if err != nil {
			return nil, fmt.Errorf("read the event from standard input: %w", err)
		}
		return text, nil
	}
	if path, ok := strings.CutPrefix(event, "@"); ok {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, usagef("read the event: %w", err)
		}
		return text, nil
	}
	return []byte(event), nil
}

// looksLikePath says that an argument is meant as a path, not as a name.
func looksLikePath(arg string) bool {
	if strings.ContainsAny(arg, `/\`) {
		return true
	}
	ext := filepath.Ext(arg)
	return ext == wasmExt || ext == zipExt || slices.Contains(extensions, ext)
}

// runLocal runs the function at path in this process.
func (o *invokeOptions) runLocal(ctx context.Context, path string, payload []byte, out, errOut io.Writer) error {
	sources, _, err := discover([]string{path})
	if err != nil {
		return err
	}
	if len(sources) != 1 {
		return usagef("%s holds %d functions: name the file or folder of one", path, len(sources))
	}
	cfg, err := o.config()
	if err != nil {
		return err
	}
	cfg.Log = errOut
	rt, err := runtime.New(cfg)
	if err != nil {
		return err
	}
	if err := o.deployAlone(ctx, rt, sources[0]); err != nil {
		return errors.Join(err, rt.Close())
	}
	stream := &streamedOutput{w: out}
	res, err := rt.Do(ctx, runtime.Invocation{Function: sources[0].name, Payload: payload, Stream: stream})
	// The log is complete when the runtime is closed.
	if closeErr := rt.Close(); err == nil {
		err = closeErr
	}
	if err == nil && stream.started {
		return stream.err
	}
	return report(res.Payload, err, out)
}

// deployAlone deploys the only function of a runtime.
func (o *invokeOptions) deployAlone(ctx context.Context, rt *runtime.Runtime, src source) error {
	fn, err := o.function(src)
	if err != nil {
		return err
	}
	err = rt.Deploy(ctx, fn)
	var setting *runtime.SettingError
	switch {
	case errors.As(err, &setting):
		return usagef("function %s: %s: %s", src.name, setting.Field, setting.Message)
	case err != nil:
		return fmt.Errorf("function %s (%s): %w", src.name, shown(src.path), err)
	}
	return nil
}

// report prints a response, and turns a function's failure into the exit code.
func report(payload []byte, err error, out io.Writer) error {
	var (
		failure *runtime.FunctionError
		invalid *runtime.PayloadError
	)
	switch {
	case errors.As(err, &failure):
		if payload == nil {
			payload = failure.Payload
		}
		if err := printPayload(out, payload); err != nil {
			return err
		}
		return errFailed
	case errors.As(err, &invalid):
		return usagef("the event is not JSON: %s", invalid.Detail)
	case errors.Is(err, runtime.ErrRequestTooLarge):
		return usagef("the event is larger than %d bytes", runtime.MaxRequestBytes)
	case err != nil:
		return err
	}
	return printPayload(out, payload)
}

// printPayload prints a response as one line.
func printPayload(out io.Writer, payload []byte) error {
	if !bytes.HasSuffix(payload, []byte("\n")) {
		payload = append(payload[:len(payload):len(payload)], '\n')
	}
	_, err := out.Write(payload)
	return err
}

// streamedOutput prints a streamed response as it comes.
type streamedOutput struct {
	w       io.Writer
	started bool
	err     error
}

// SetContentType implements runtime.ResponseStream.
func (s *streamedOutput) SetContentType(string) {}

func (s *streamedOutput) Write(p []byte) (int, error) {
	s.started = true
	n, err := s.w.Write(p)
	if err != nil && s.err == nil {
		s.err = fmt.Errorf("write the response: %w", err)
	}
	return n, err
}
