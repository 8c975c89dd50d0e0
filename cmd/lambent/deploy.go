package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/spf13/cobra"
)

// deployOptions are the flags of deploy. What changed says was not given stays
// as it is in a function that exists.
type deployOptions struct {
	server                           remote
	name, handler, runtime, role     string
	description, alias, architecture string
	timeout, memory, storage         int32
	env, layers, tags, exclude       []string
	publish                          bool
	wait                             time.Duration

	changed func(flag string) bool
	errOut  io.Writer
}

func deployCommand() *cobra.Command {
	var o deployOptions
	cmd := &cobra.Command{
		Use:   "deploy [flags] FOLDER|FILE|ZIP",
		Short: "Create a function, or bring it up to date",
		Long: `Create a function from a folder, a file (.js, .ts, .wasm ...) or a zip archive,
or give the one of that name new code and the settings that are named; those that
are not stay as they are. The command returns when the function is ready.

It speaks the Lambda API: to 'lambent serve' by default, to another server with
--endpoint, to AWS with --profile.

A folder is packed without .git and what .lambentignore and --exclude name.`,
		Example: `  lambent deploy ./orders --env TABLE=orders --timeout 10
  lambent deploy hello.wasm --name hello --publish --alias live
  lambent deploy build/api.zip --name api --handler dist/index.handler --profile production --role arn:aws:iam::123456789012:role/api`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("want one folder, file or zip archive, and got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.changed, o.errOut = cmd.Flags().Changed, cmd.ErrOrStderr()
			return o.run(cmd.Context(), args[0], cmd.OutOrStdout())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&o.name, "name", "", "the function's name (default: that of the file or folder)")
	flags.StringVar(&o.handler, "handler", "", "handler as MODULE.EXPORT (default: what fits the code)")
	flags.StringVar(&o.runtime, "runtime", "", "runtime identifier (default: nodejs22.x, or provided.al2023 for WebAssembly)")
	flags.StringArrayVar(&o.env, "env", nil, "environment variable as KEY=VALUE (repeatable; replaces all that the function has)")
	flags.Int32Var(&o.timeout, "timeout", 3, "time limit of an invocation in seconds")
	flags.Int32Var(&o.memory, "memory", 128, "memory size in MB")
	flags.Int32Var(&o.storage, "ephemeral-storage", 512, "size of /tmp in MB")
	flags.StringArrayVar(&o.layers, "layer", nil, "ARN of a layer version (repeatable; replaces all that the function has)")
	flags.StringVar(&o.role, "role", "", "ARN of the execution role (needed by AWS)")
	flags.StringVar(&o.description, "description", "", "what the function is for")
	flags.StringVar(&o.architecture, "architecture", "", "x86_64 or arm64")
	flags.StringArrayVar(&o.tags, "tag", nil, "tag of a new function as KEY=VALUE (repeatable)")
	flags.StringArrayVar(&o.exclude, "exclude", nil, "pattern of files that are left out of the package (repeatable)")
	flags.BoolVar(&o.publish, "publish", false, "publish a version")
	flags.StringVar(&o.alias, "alias", "", "alias that is to mean the published version (implies --publish)")
	flags.DurationVar(&o.wait, "wait", 5*time.Minute, "how long the function may take to become ready")
	o.server.register(flags)
	return cmd
}

func (o *deployOptions) run(ctx context.Context, path string, out io.Writer) error {
	pkg, err := o.pack(path)
	if err != nil {
		return err
	}
	c, err := o.server.connect(ctx)
	if err != nil {
		return err
	}
	what := "deploy " + pkg.name
	_, err = c.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &pkg.name})
	switch {
	case err == nil:
		err = o.update(ctx, c, pkg)
	case isNotFound(err):
		err = o.create(ctx, c, pkg)
	}
	if err != nil {
		return c.explain(what, err)
	}
	if err := c.settled(ctx, pkg.name, o.wait); err != nil {
		return c.explain(what, err)
	}
	done, err := c.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &pkg.name})
	if err != nil {
		return c.explain(what, err)
	}
	arn, version := done.FunctionArn, done.Version
	if o.publish || o.alias != "" {
		if arn, version, err = o.publishVersion(ctx, c, pkg.name); err != nil {
			return c.explain(what, err)
		}
	}
	if c.json {
		return printJSON(out, c.answer.body)
	}
	_, err = fmt.Fprintf(out, "%s\nversion %s, %s, %s\n", aws.ToString(arn), aws.ToString(version), done.Runtime, size(done.CodeSize))
	return err
}

// create makes the function.
func (o *deployOptions) create(ctx context.Context, c *client, pkg *pack) error {
	env, err := parseEnv(o.env)
	if err != nil {
		return err
	}
	tags, err := parsePairs("--tag", o.tags)
	if err != nil {
		return err
	}
	role := o.role
	if role == "" {
		if c.base == "" {
			return usagef("--role is missing: AWS runs each function in a role")
		}
		role = localRole
	}
	o.progress("creating %s from %s", pkg.name, size(int64(len(pkg.zip))))
	in := &lambda.CreateFunctionInput{
		FunctionName: &pkg.name, Code: &types.FunctionCode{ZipFile: pkg.zip}, Role: &role,
		Handler: &pkg.handler, Runtime: types.Runtime(pkg.runtime), Description: &o.description,
		Timeout: &o.timeout, MemorySize: &o.memory, EphemeralStorage: &types.EphemeralStorage{Size: &o.storage},
		Layers: o.layers, Tags: tags,
	}
	if o.changed("env") {
		in.Environment = &types.Environment{Variables: env}
	}
	if o.architecture != "" {
		in.Architectures = []types.Architecture{types.Architecture(o.architecture)}
	}
	_, err = c.CreateFunction(ctx, in)
	return err
}

// update gives the function the new code, and the settings that were named.
func (o *deployOptions) update(ctx context.Context, c *client, pkg *pack) error {
	o.progress("updating %s with %s", pkg.name, size(int64(len(pkg.zip))))
	code := &lambda.UpdateFunctionCodeInput{FunctionName: &pkg.name, ZipFile: pkg.zip}
	if o.architecture != "" {
		code.Architectures = []types.Architecture{types.Architecture(o.architecture)}
	}
	if err := c.settled(ctx, pkg.name, o.wait); err != nil {
		return err
	}
	if _, err := c.UpdateFunctionCode(ctx, code); err != nil {
		return err
	}
	in, any, err := o.settingsChange(pkg)
	if err != nil || !any {
		return err
	}
	if err := c.settled(ctx, pkg.name, o.wait); err != nil {
		return err
	}
	_, err = c.UpdateFunctionConfiguration(ctx, in)
	return err
}

// settingsChange is what of the settings was given.
func (o *deployOptions) settingsChange(pkg *pack) (in *lambda.UpdateFunctionConfigurationInput, any bool, err error) {
	in = &lambda.UpdateFunctionConfigurationInput{FunctionName: &pkg.name}
	for flag, set := range map[string]func(){
		"handler":           func() { in.Handler = &o.handler },
		"runtime":           func() { in.Runtime = types.Runtime(o.runtime) },
		"role":              func() { in.Role = &o.role },
		"description":       func() { in.Description = &o.description },
		"timeout":           func() { in.Timeout = &o.timeout },
		"memory":            func() { in.MemorySize = &o.memory },
		"ephemeral-storage": func() { in.EphemeralStorage = &types.EphemeralStorage{Size: &o.storage} },
		"layer":             func() { in.Layers = o.layers },
		"env": func() {
			in.Environment = &types.Environment{}
			in.Environment.Variables, err = parseEnv(o.env)
		},
	} {
		if o.changed(flag) {
			set()
			any = true
		}
	}
	if o.changed("tag") {
		return nil, false, usagef("--tag is for a new function, and %s exists", pkg.name)
	}
	return in, any, err
}

// publishVersion publishes $LATEST and points the alias at it.
func (o *deployOptions) publishVersion(ctx context.Context, c *client, name string) (arn, version *string, err error) {
	o.progress("publishing a version of %s", name)
	published, err := c.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &name})
	if err != nil || o.alias == "" {
		if err != nil {
			return nil, nil, err
		}
		return published.FunctionArn, published.Version, nil
	}
	moved, err := c.UpdateAlias(ctx, &lambda.UpdateAliasInput{FunctionName: &name, Name: &o.alias, FunctionVersion: published.Version})
	if err == nil {
		return moved.AliasArn, published.Version, nil
	}
	if !isNotFound(err) {
		return nil, nil, err
	}
	made, err := c.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: &name, Name: &o.alias, FunctionVersion: published.Version})
	if err != nil {
		return nil, nil, err
	}
	return made.AliasArn, published.Version, nil
}

// settled waits until the function is ready, and returns why it is not.
func (c *client) settled(ctx context.Context, name string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		now, err := c.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &name})
		switch {
		case err != nil:
			return err
		case now.State == types.StateFailed:
			return fmt.Errorf("the function failed: %s: %s", now.StateReasonCode, aws.ToString(now.StateReason))
		case now.LastUpdateStatus == types.LastUpdateStatusFailed:
			return fmt.Errorf("the update failed, and the old code serves: %s: %s", now.LastUpdateStatusReasonCode, aws.ToString(now.LastUpdateStatusReason))
		case now.State != types.StatePending && now.LastUpdateStatus != types.LastUpdateStatusInProgress:
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not ready after --wait %s: %w", limit, context.Cause(ctx))
		case <-time.After(pause):
		}
	}
}

// progress tells people what is going on; programs are not told.
func (o *deployOptions) progress(format string, args ...any) {
	if f, ok := o.errOut.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			_, _ = fmt.Fprintf(f, format+" ...\n", args...)
		}
	}
}

// parsePairs reads KEY=VALUE pairs of a flag.
func parsePairs(flag string, pairs []string) (map[string]string, error) {
	all := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, usagef("%s %q is not of the form KEY=VALUE", flag, pair)
		}
		all[key] = value
	}
	return all, nil
}

// size shows a number of bytes.
func size(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d KB", n/1000)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}
