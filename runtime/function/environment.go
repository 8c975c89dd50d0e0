package function

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// MaxEnvironment is the size of all of a function's variables as compact JSON,
// in bytes.
const MaxEnvironment = 4096

// reservedVariables are the variables that a function cannot set. The
// credentials are not among them, unlike on Lambda: there is no role here to
// take them from, so a function may be given its own.
var reservedVariables = []string{
	"AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
	"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_MAX_CONCURRENCY",
	"AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_HANDLER", "_X_AMZN_TRACE_ID",
}

// RefuseEnvironment returns why a function cannot have the variables, in AWS's
// words, which show what the caller gave; empty: it can.
func RefuseEnvironment(vars map[string]string) string {
	const refused = "Lambda was unable to configure your environment variables because the environment variables you have provided "
	var taken []string
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if _, reserved := slices.BinarySearch(reservedVariables, name); reserved {
			taken = append(taken, name)
		}
	}
	if len(taken) > 0 {
		return refused + "contains reserved keys that are currently not supported for modification. " +
			"Reserved keys used in this request: " + strings.Join(taken, ", ")
	}
	if text := measured(vars); len(vars) > 0 && len(text) > MaxEnvironment {
		return refused + "exceeded the 4KB limit. String measured: " + text
	}
	return ""
}

// measured is the compact JSON of variables, which counts for MaxEnvironment.
func measured(vars map[string]string) string {
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(vars) // strings can be written, and a builder takes them
	return strings.TrimSuffix(text.String(), "\n")
}
