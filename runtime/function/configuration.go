package function

// Configuration describes a version of a function, as the API does
// (FunctionConfiguration): its JSON is the API's, absent members left out.
type Configuration struct {
	FunctionName string
	// FunctionArn ends in the qualifier if the caller gave one.
	FunctionArn string
	Version     string
	// Settings are what callers set.
	Settings
	// CodeSha256 is the package's SHA-256 in base64, CodeSize its size in bytes.
	CodeSha256 string
	CodeSize   int64
	// LastModified is a date such as "2022-09-09T19:13:34.123+0000".
	LastModified string
	// RevisionID changes with every change.
	RevisionID           string `json:"RevisionId"`
	PackageType          string
	Architectures        []string
	RuntimeVersionConfig *RuntimeVersionConfig `json:",omitempty"`
	// Status is left out of lists.
	Status
}

// Settings are what CreateFunction and UpdateFunctionConfiguration set, with
// defaults filled in. A published version keeps those that it was published with.
type Settings struct {
	Role              string
	Runtime           string             `json:",omitempty"`
	Handler           string             `json:",omitempty"`
	Description       string             // "" is shown
	Timeout           int                // seconds
	MemorySize        int                // MB
	EphemeralStorage  *EphemeralStorage  `json:",omitempty"`
	Environment       *Environment       `json:",omitempty"`
	Layers            []Layer            `json:",omitempty"`
	VpcConfig         *VpcConfig         `json:",omitempty"`
	DeadLetterConfig  *DeadLetterConfig  `json:",omitempty"`
	KMSKeyArn         string             `json:",omitempty"`
	TracingConfig     *TracingConfig     `json:",omitempty"`
	FileSystemConfigs []FileSystemConfig `json:",omitempty"`
	LoggingConfig     *LoggingConfig     `json:",omitempty"`
	SnapStart         *SnapStart         `json:",omitempty"`
}

// SettingsChange are settings as a caller gives them. What is nil was not given
// and stays as it is; everything else replaces the old value whole.
type SettingsChange struct {
	Role              *string
	Runtime           *string
	Handler           *string
	Description       *string
	Timeout           *int
	MemorySize        *int
	EphemeralStorage  *EphemeralStorage
	Environment       *Environment
	Layers            []string // ARNs of layer versions; empty but not nil: none
	VpcConfig         *VpcConfig
	DeadLetterConfig  *DeadLetterConfig
	KMSKeyArn         *string
	TracingConfig     *TracingConfig
	FileSystemConfigs []FileSystemConfig
	LoggingConfig     *LoggingConfig
	SnapStart         *SnapStart
}

// EphemeralStorage is the size of /tmp in MB.
type EphemeralStorage struct{ Size int }

// Environment are a function's own variables, or why they cannot be shown.
type Environment struct {
	Variables map[string]string `json:",omitzero"`
	Error     *EnvironmentError `json:",omitempty"`
}

// EnvironmentError says why variables cannot be decrypted.
type EnvironmentError struct{ ErrorCode, Message string }

// Layer is a layer version that a function uses.
type Layer struct {
	Arn      string
	CodeSize int64
}

// VpcConfig is recorded and shown; there is no VPC to attach to.
type VpcConfig struct {
	SubnetIDs               []string `json:"SubnetIds"`
	SecurityGroupIDs        []string `json:"SecurityGroupIds"`
	VpcID                   string   `json:"VpcId"`
	Ipv6AllowedForDualStack bool
}

// DeadLetterConfig names the queue or topic for events that failed.
type DeadLetterConfig struct {
	TargetArn string `json:",omitempty"`
}

// TracingConfig has Mode PassThrough or Active.
type TracingConfig struct{ Mode string }

// FileSystemConfig is recorded and shown; there is no file system to mount.
type FileSystemConfig struct{ Arn, LocalMountPath string }

// LoggingConfig says how a function logs. The levels exist in LogFormat JSON only.
type LoggingConfig struct {
	LogFormat           string `json:",omitempty"`
	ApplicationLogLevel string `json:",omitempty"`
	SystemLogLevel      string `json:",omitempty"`
	LogGroup            string `json:",omitempty"`
}

// SnapStart says whether published versions start from a snapshot (ApplyOn is
// None or PublishedVersions), and whether this one does (On or Off).
type SnapStart struct {
	ApplyOn            string
	OptimizationStatus string `json:",omitempty"`
}

// RuntimeVersionConfig names the build of the runtime.
type RuntimeVersionConfig struct{ RuntimeVersionArn string }

// States of a version and of its last update.
const (
	StatePending = "Pending"
	StateActive  = "Active"
	StateFailed  = "Failed"

	UpdateInProgress = "InProgress"
	UpdateSuccessful = "Successful"
	UpdateFailed     = "Failed"
)

// Status is where a version is in its life.
type Status struct {
	State                      string `json:",omitempty"`
	StateReason                string `json:",omitempty"`
	StateReasonCode            string `json:",omitempty"`
	LastUpdateStatus           string `json:",omitempty"`
	LastUpdateStatusReason     string `json:",omitempty"`
	LastUpdateStatusReasonCode string `json:",omitempty"`
}

// AliasConfiguration describes an alias, as the API does.
type AliasConfiguration struct {
	AliasArn        string
	Name            string
	FunctionVersion string
	Description     string
	RoutingConfig   *RoutingConfig `json:",omitempty"`
	RevisionID      string         `json:"RevisionId"`
}

// RoutingConfig gives a second version a share of an alias's invocations.
type RoutingConfig struct {
	// AdditionalVersionWeights maps a version to its share, 0 to 1.
	AdditionalVersionWeights map[string]float64
}
