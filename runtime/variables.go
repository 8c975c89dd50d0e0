package runtime

import (
	"maps"
	"strconv"
	"strings"
)

// variables are the environment variables of a version's guests, complete but
// for the log stream, which each environment has its own of. Nothing comes from
// the host. The names and values are those recorded on Lambda; addresses of
// services that do not exist here keep their documented values, so that code
// that reads them finds what it expects.
func (r *Runtime) variables(v *version) map[string]string {
	fn := &v.set
	initialization := "on-demand"
	if fn.ProvisionedConcurrency > 0 {
		initialization = "provisioned-concurrency"
	}
	vars := map[string]string{
		"AWS_ACCESS_KEY_ID":        "ASIA0000000000000000",
		"AWS_SECRET_ACCESS_KEY":    strings.Repeat("0", 40),
		"AWS_SESSION_TOKEN":        "lambent",
		"AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
		"AWS_XRAY_DAEMON_ADDRESS":  "169.254.100.1:2000",
		"NODE_PATH":                nodePath(fn.Runtime),
		"PATH":                     "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"LD_LIBRARY_PATH":          "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
		"LANG":                     "en_US.UTF-8",
		"TZ":                       ":UTC",
		"PWD":                      "/var/task",
		"SHLVL":                    "0",
	}
	if fn.LogFormat == logJSON {
		vars["AWS_LAMBDA_LOG_FORMAT"] = logJSON
		vars["AWS_LAMBDA_LOG_LEVEL"] = fn.LogLevel
	}
	maps.Copy(vars, fn.Environment)
	maps.Copy(vars, map[string]string{
		"_HANDLER":                        fn.Handler,
		"_AWS_XRAY_DAEMON_ADDRESS":        "169.254.100.1",
		"_AWS_XRAY_DAEMON_PORT":           "2000",
		"AWS_REGION":                      v.fn.id.Region,
		"AWS_DEFAULT_REGION":              v.fn.id.Region,
		"AWS_EXECUTION_ENV":               "AWS_Lambda_" + fn.Runtime,
		"AWS_LAMBDA_FUNCTION_NAME":        fn.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     v.name,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(fn.MemorySize),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  initialization,
		"AWS_LAMBDA_LOG_GROUP_NAME":       fn.LogGroup,
		"AWS_LAMBDA_RUNTIME_API":          "169.254.100.1:9001",
		"LAMBDA_TASK_ROOT":                "/var/task",
		"LAMBDA_RUNTIME_DIR":              "/var/runtime",
	})
	return vars
}

// nodePath is NODE_PATH for a runtime identifier: nodejs22.x has a folder of
// its own in layers, node22.
func nodePath(runtimeID string) string {
	major := strings.TrimSuffix(strings.TrimPrefix(runtimeID, "nodejs"), ".x")
	return "/opt/nodejs/node" + major + "/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task"
}
