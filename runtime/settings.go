package runtime

import "time"

// Function is what Deploy takes: code and settings. Name and Code are
// required, the zero value of everything else is Lambda's default.
type Function struct {
	// Name is 1 to 64 letters, digits, hyphens and underscores.
	Name string
	// Code is the deployment package.
	Code Code
	// Handler names the module and the export, "index.handler". Default: what
	// fits the code, "index.handler" for all but File.
	Handler string
	// Runtime is the runtime identifier and selects the engine. Default
	// "nodejs20.x".
	Runtime string
	// Timeout limits an invocation. Default 3 s, at most 900 s.
	Timeout time.Duration
	// MemorySize is the memory in MB that the function is told it has, 128 to
	// 10240. Default 128.
	MemorySize int
	// EphemeralStorage is the size of /tmp in MB, 512 to 10240. Default 512.
	EphemeralStorage int
	// Environment are the function's own environment variables.
	Environment map[string]string
	// Layers are merged in order at /opt; a later one hides files of an earlier.
	Layers []Code
	// Isolation is IsolationEnvironment or IsolationInvocation. Default: what the
	// environment variable LAMBENT_ISOLATION says, or IsolationEnvironment.
	Isolation string
	// LogFormat is "Text", the default, or "JSON".
	LogFormat string
	// LogLevel is the lowest level of the function's own log, SystemLogLevel
	// that of the platform's (DEBUG, INFO or WARN). Both need LogFormat "JSON"
	// and are INFO by default there.
	LogLevel, SystemLogLevel string
	// LogGroup is the log group that the function is told. Default
	// "/aws/lambda/" and the name.
	LogGroup string
	// ReservedConcurrency is both guarantee and cap of the function's
	// concurrency; 0 switches the function off. Default nil: none reserved.
	ReservedConcurrency *int
	// ProvisionedConcurrency isolates are made ahead and kept warm.
	ProvisionedConcurrency int
}

// FunctionInfo describes a deployed function.
type FunctionInfo struct {
	Name, Region, ARN, Version, Runtime, Handler string
	Timeout                                      time.Duration
	MemorySize                                   int
	// CodeSHA256 is the hash of the code.
	CodeSHA256 [32]byte
	// Modified is when the function was deployed.
	Modified time.Time
	// InFlight counts invocations that run now, Isolates the function's
	// isolates, Idle those of them that wait for work.
	InFlight, Isolates, Idle int
}

// Stats is a snapshot of a Runtime.
type Stats struct {
	// Functions counts deployed functions.
	Functions int
	// Isolates counts live isolates, Idle those that wait for work, Starting
	// those in their init phase.
	Isolates, Idle, Starting int
	// InFlight counts invocations that hold a slot.
	InFlight int
	// Abandoned counts goroutines stuck in an operation that could not be
	// interrupted, Suspended the functions refused because of that.
	Abandoned, Suspended int
	// Invocations, ColdStarts, FunctionErrors, Timeouts and Evictions count
	// since New.
	Invocations, ColdStarts, FunctionErrors, Timeouts, Evictions int64
	// Throttles counts refused invocations by reason.
	Throttles map[string]int64
}
