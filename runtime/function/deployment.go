package function

import (
	"context"
	"errors"
	"io/fs"
	"time"
)

// ID identifies a function in an account.
type ID struct{ Region, Name string }

// Deployment is what is callable under a function's name at one moment.
type Deployment struct {
	// Versions are the revisions of the function's versions by name, "$LATEST"
	// or a number. Code and settings of a version with the same revision are the
	// same, so what runs it may go on.
	Versions map[string]string
	// Aliases by name.
	Aliases map[string]Alias
	// Reserved is the function's reserved concurrency; nil: none.
	Reserved *int
	// Provisioned is the provisioned concurrency of versions, by name.
	Provisioned map[string]int
	// SnapStart are the versions that are made ready ahead of their first
	// invocation, by name.
	SnapStart map[string]bool
}

// Alias is a name for a version, or for two that share the invocations.
type Alias struct {
	// Version is the version that serves.
	Version string
	// Other serves the share Weight (0 to 1) of the invocations instead; empty:
	// none.
	Other  string
	Weight float64
}

// Version is what it takes to run a function version.
type Version struct {
	Runtime, Handler string
	// Timeout limits an invocation.
	Timeout time.Duration
	// MemorySize and EphemeralStorage are in MB.
	MemorySize, EphemeralStorage int
	// Environment are the function's own variables, decrypted.
	Environment map[string]string
	// LogFormat, LogLevel, SystemLogLevel and LogGroup are Lambda's
	// LoggingConfig, with defaults filled in.
	LogFormat, LogLevel, SystemLogLevel, LogGroup string
	Code                                          Code
	// Layers are merged in order at /opt; a later one hides files of an earlier.
	Layers []Code
}

// ErrReplaced reports a version, or its code, that is no longer there: the
// function has another, or none.
var ErrReplaced = errors.New("function: the version was replaced")

// Code is a deployment package or the content of a layer.
type Code interface {
	// Open returns the files and the package's SHA-256. The files stay readable
	// for as long as they are referenced. Code that is no longer there is
	// ErrReplaced.
	Open(ctx context.Context) (files fs.FS, sha256 [32]byte, err error)
}

// Directory knows what is deployed. It is safe for concurrent use.
type Directory interface {
	// Function returns the present state of a function; ok is false if there is
	// none.
	Function(ctx context.Context, id ID) (d *Deployment, ok bool, err error)
	// Version returns a version as of a revision that Function gave; ok is false
	// if there is none any more.
	Version(ctx context.Context, id ID, version, revision string) (v *Version, ok bool, err error)
}
