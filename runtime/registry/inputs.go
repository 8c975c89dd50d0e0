package registry

import (
	"time"

	"github.com/lambent-run/lambent/runtime/function"
)

// The inputs' JSON names are the API's, so that a request's body can be read
// into them. Their syntax has been checked: lengths, ranges, patterns.

// CodeInput says where code comes from: one of ZipFile, S3 and Local.
type CodeInput struct {
	ZipFile         []byte // nil: not given
	S3Bucket        string
	S3Key           string
	S3ObjectVersion string
	ImageURI        string `json:"ImageUri"`
	SourceKMSKeyArn string
	// Local is the path of a file or folder of this machine. It is not the API's
	// to set.
	Local string `json:"-"`
}

// CreateInput is what CreateFunction takes.
type CreateInput struct {
	function.SettingsChange
	Code                 CodeInput
	PackageType          string
	Architectures        []string
	Publish              bool
	Tags                 map[string]string
	CodeSigningConfigArn string
}

// UpdateCodeInput is what UpdateFunctionCode takes.
type UpdateCodeInput struct {
	CodeInput
	Architectures []string
	Publish       bool
	DryRun        bool
	RevisionID    string `json:"RevisionId"`
}

// UpdateConfigurationInput is what UpdateFunctionConfiguration takes.
type UpdateConfigurationInput struct {
	function.SettingsChange
	RevisionID string `json:"RevisionId"`
}

// PublishInput is what PublishVersion takes. What is empty was not given.
type PublishInput struct {
	CodeSha256  string
	Description *string
	RevisionID  string `json:"RevisionId"`
}

// AliasInput is what CreateAlias and UpdateAlias take. What is nil or empty was
// not given; UpdateAlias takes the name from its path.
type AliasInput struct {
	Name            string
	FunctionVersion string
	Description     *string
	RoutingConfig   *function.RoutingConfig
	RevisionID      string `json:"RevisionId"`
}

// Page asks for a part of a list: at most Limit items (0: all) after the one
// that a previous page ended with (empty: from the start).
type Page struct {
	After string
	Limit int
}

// FunctionDetails are what GetFunction returns.
type FunctionDetails struct {
	Configuration function.Configuration
	Code          Package
	Tags          map[string]string
	// Reserved is the reserved concurrency; nil: none.
	Reserved *int
}

// ProvisionedStatus is the state of a provisioned concurrency.
type ProvisionedStatus struct {
	// Qualifier is the version or alias.
	Qualifier                       string
	Requested, Available, Allocated int
	// Status is IN_PROGRESS, READY or FAILED, the last with StatusReason.
	Status, StatusReason string
	LastModified         time.Time
}
