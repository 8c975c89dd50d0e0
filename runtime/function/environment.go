package function

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
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

// ReservedVariables returns those of the variables that a function cannot set,
// in alphabetical order.
func ReservedVariables(vars map[string]string) []string {
	var taken []string
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if _, reserved := slices.BinarySearch(reservedVariables, name); reserved {
			taken = append(taken, name)
		}
	}
	return taken
}

// MeasureEnvironment returns the compact JSON of variables, which counts for
// MaxEnvironment.
func MeasureEnvironment(vars map[string]string) []byte {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(vars) // strings can be written, and a buffer takes them
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}
