package main

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lambent-run/lambent/runtime"
)

// settings are the flags of functions, which serve and invoke have in common.
type settings struct {
	handler   string
	timeout   seconds
	memory    int
	env       []string
	region    string
	account   string
	noNetwork bool
}

func (s *settings) register(flags *pflag.FlagSet) {
	s.timeout = seconds(3 * time.Second)
	flags.StringVar(&s.handler, "handler", "", "handler as MODULE.EXPORT, such as src/app.main (default: the export \"handler\" of the file or the package's main, \"handle\" of a .wasm)")
	flags.Var(&s.timeout, "timeout", "time limit of an invocation: seconds, or a duration such as 500ms or 2m")
	flags.IntVar(&s.memory, "memory", 128, "memory size in MB that functions are told")
	flags.StringArrayVar(&s.env, "env", nil, "environment variable of the functions as KEY=VALUE (repeatable)")
	flags.StringVar(&s.region, "region", "us-east-1", "AWS region that functions are told")
	flags.StringVar(&s.account, "account", "000000000000", "AWS account that functions are told")
	flags.BoolVar(&s.noNetwork, "no-network", false, "leave functions without a network")
}

// config is the part of a runtime.Config that the flags set.
func (s *settings) config() (runtime.Config, error) {
	if len(s.account) != 12 || strings.Trim(s.account, "0123456789") != "" {
		return runtime.Config{}, usagef("--account %q is not an AWS account: want 12 digits", s.account)
	}
	if s.region == "" {
		return runtime.Config{}, usagef("--region is empty")
	}
	return runtime.Config{Region: s.region, AccountID: s.account, NoNetwork: s.noNetwork}, nil
}

// function is what to deploy for a source.
func (s *settings) function(src source) (runtime.Function, error) {
	env, err := parseEnv(s.env)
	if err != nil {
		return runtime.Function{}, err
	}
	if s.timeout <= 0 {
		return runtime.Function{}, usagef("--timeout is %s, want more than 0", s.timeout.String())
	}
	code, err := src.code()
	if err != nil {
		return runtime.Function{}, err
	}
	return runtime.Function{
		Name:        src.name,
		Code:        code,
		Handler:     cmp.Or(s.handler, src.handler),
		Runtime:     src.runtime,
		Timeout:     time.Duration(s.timeout),
		MemorySize:  s.memory,
		Environment: env,
	}, nil
}

// parseEnv reads KEY=VALUE pairs. A later one wins.
func parseEnv(pairs []string) (map[string]string, error) {
	env := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, usagef("--env %q is not of the form KEY=VALUE", pair)
		}
		env[key] = value
	}
	return env, nil
}

// seconds is a duration whose flag may be a bare number of seconds, as Lambda
// has it.
type seconds time.Duration

func (s *seconds) String() string { return time.Duration(*s).String() }

// Type names the value in the help.
func (s *seconds) Type() string { return "seconds" }

// Set implements pflag.Value.
func (s *seconds) Set(text string) error {
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		*s = seconds(n * float64(time.Second))
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return usagef("want seconds or a duration such as 500ms, got %q", text)
	}
	*s = seconds(d)
	return nil
}
