package registry

import (
	"context"
	"slices"
	"strings"

	"github.com/lambent-run/lambent/runtime/function"
)

// Values of settings.
const (
	logText = "Text"
	logJSON = "JSON"

	applyNone        = "None"
	applyPublished   = "PublishedVersions"
	optimizationOn   = "On"
	optimizationOff  = "Off"
	packageZip       = "Zip"
	packageImage     = "Image"
	architectureX86  = "x86_64"
	tracingOff       = "PassThrough"
	defaultTimeout   = 3
	defaultMemory    = 128
	defaultEphemeral = 512
)

// defaults are the settings of a function that is given none.
func defaults(name string) function.Settings {
	return function.Settings{
		Timeout: defaultTimeout, MemorySize: defaultMemory,
		EphemeralStorage: &function.EphemeralStorage{Size: defaultEphemeral},
		TracingConfig:    &function.TracingConfig{Mode: tracingOff},
		LoggingConfig:    &function.LoggingConfig{LogFormat: logText, LogGroup: "/aws/lambda/" + name},
		SnapStart:        &function.SnapStart{ApplyOn: applyNone, OptimizationStatus: optimizationOff},
	}
}

// merge puts what is given into a record, by Lambda's rules: each given member
// replaces the old one whole.
func (r *Registry) merge(ctx context.Context, id function.ID, generation string, rec *Record, in *function.SettingsChange) error {
	set := &rec.Configuration.Settings
	oldKey := set.KMSKeyArn
	replace(&set.Role, in.Role)
	replace(&set.Runtime, in.Runtime)
	replace(&set.Handler, in.Handler)
	replace(&set.Description, in.Description)
	replace(&set.Timeout, in.Timeout)
	replace(&set.MemorySize, in.MemorySize)
	replace(&set.KMSKeyArn, in.KMSKeyArn)
	if in.EphemeralStorage != nil {
		set.EphemeralStorage = in.EphemeralStorage
	}
	if in.TracingConfig != nil {
		set.TracingConfig = in.TracingConfig
	}
	if in.VpcConfig != nil {
		set.VpcConfig = vpc(in.VpcConfig)
	}
	if in.FileSystemConfigs != nil {
		set.FileSystemConfigs = in.FileSystemConfigs
	}
	if in.DeadLetterConfig != nil {
		set.DeadLetterConfig = in.DeadLetterConfig
		if in.DeadLetterConfig.TargetArn == "" {
			set.DeadLetterConfig = nil
		}
	}
	if err := checkRuntime(in.Runtime); err != nil {
		return err
	}
	if err := mergeLogging(set, in.LoggingConfig, id.Name); err != nil {
		return err
	}
	if err := mergeSnapStart(set, in.SnapStart); err != nil {
		return err
	}
	if in.Layers != nil {
		layers, contents, err := r.useLayers(ctx, id.Region, in.Layers)
		if err != nil {
			return err
		}
		set.Layers, rec.Layers = layers, contents
	}
	if err := checkUnpacked(rec.Code, rec.Layers); err != nil {
		return err
	}
	return r.mergeEnvironment(ctx, id, generation, rec, in.Environment, oldKey)
}

func replace[T any](old *T, given *T) {
	if given != nil {
		*old = *given
	}
}

// vpc is a VpcConfig as it is shown.
func vpc(in *function.VpcConfig) *function.VpcConfig {
	out := *in
	out.SubnetIDs = append([]string{}, in.SubnetIDs...)
	out.SecurityGroupIDs = append([]string{}, in.SecurityGroupIDs...)
	return &out
}

// checkRuntime returns an error unless functions may have the runtime now.
func checkRuntime(name *string) error {
	switch {
	case name == nil || function.IsRuntime(*name):
		return nil
	case function.IsRetiredRuntime(*name):
		return errorf(InvalidParameter, "The runtime parameter of %s is no longer supported for creating or updating AWS Lambda functions. "+
			"We recommend you use a supported runtime while creating or updating functions.", *name)
	}
	return errorf(InvalidParameter, "Value %s at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [%s] or be a valid ARN",
		*name, strings.Join(function.Runtimes(), ", "))
}

// mergeLogging takes over a logging configuration and fills in its defaults.
func mergeLogging(set *function.Settings, in *function.LoggingConfig, name string) error {
	if in == nil {
		return nil
	}
	out := *defaults(name).LoggingConfig
	replaceIfAny(&out.LogFormat, in.LogFormat)
	replaceIfAny(&out.LogGroup, in.LogGroup)
	if out.LogFormat == logJSON {
		out.ApplicationLogLevel, out.SystemLogLevel = "INFO", "INFO"
		replaceIfAny(&out.ApplicationLogLevel, in.ApplicationLogLevel)
		replaceIfAny(&out.SystemLogLevel, in.SystemLogLevel)
	} else if in.ApplicationLogLevel != "" || in.SystemLogLevel != "" {
		return errorf(InvalidParameter, `LogLevel is not supported when LogFormat is set to "Text". `+
			`Remove LogLevel from your request or change the LogFormat to "JSON" and try again.`)
	}
	set.LoggingConfig = &out
	return nil
}

func replaceIfAny(old *string, given string) {
	if given != "" {
		*old = given
	}
}

// mergeSnapStart takes over SnapStart. Only published versions have a snapshot.
func mergeSnapStart(set *function.Settings, in *function.SnapStart) error {
	if in != nil {
		set.SnapStart = &function.SnapStart{ApplyOn: in.ApplyOn, OptimizationStatus: optimizationOff}
	}
	if set.SnapStart.ApplyOn == applyPublished && !function.TakesSnapStart(set.Runtime) {
		return errorf(InvalidParameter, "%s is not supported for SnapStart enabled functions.", set.Runtime)
	}
	return nil
}

// mergeEnvironment encrypts variables that are given, or, if there is another
// key for them, those that there were.
func (r *Registry) mergeEnvironment(ctx context.Context, id function.ID, generation string, rec *Record, in *function.Environment, oldKey string) error {
	key := rec.Configuration.KMSKeyArn
	of := r.owner(id, generation)
	var vars map[string]string
	var err error
	switch {
	case in != nil:
		vars = in.Variables
		if message := function.RefuseEnvironment(vars); message != "" {
			return errorf(InvalidParameter, "%s", message)
		}
	case rec.Sealed == nil || key == oldKey:
		return nil
	default:
		if vars, err = r.keys.unseal(ctx, rec.Sealed, of); err != nil {
			return err
		}
	}
	if vars == nil {
		vars = map[string]string{}
	}
	rec.Sealed, err = r.keys.seal(ctx, key, vars, of)
	return err
}

// needsCheck reports whether settings decide on whether code can be used.
func needsCheck(in *function.SettingsChange) bool {
	return in.Runtime != nil || in.Handler != nil || in.Layers != nil
}

// architectures returns what is given, or the default.
func architectures(given []string) []string {
	if len(given) == 0 {
		return []string{architectureX86}
	}
	return slices.Clone(given)
}
