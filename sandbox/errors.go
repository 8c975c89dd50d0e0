package sandbox

import (
	"fmt"

	"github.com/lambent-run/lambent/sandbox/internal/host"
)

// ErrInterrupted is what Invoke and NewIsolate return when Interrupt, or the
// end of the init phase's context, ended them.
var ErrInterrupted = host.ErrInterrupted

// HandlerError is a failure of the guest's code: it trapped, or said that it
// failed.
type HandlerError struct {
	// Type and Message are what Payload says in errorType and errorMessage.
	Type, Message string
	// Payload is the error object {"errorType","errorMessage","trace"} as JSON.
	Payload []byte
}

func (e *HandlerError) Error() string {
	return fmt.Sprintf("sandbox: %s: %s", e.Type, e.Message)
}

// ExitError reports that the guest ended its process. The caller words it, for
// Lambda's text holds the request id.
type ExitError struct {
	// Code is the exit status.
	Code int
}

func (e *ExitError) Error() string {
	return fmt.Sprintf("sandbox: exit status %d", e.Code)
}

// ModuleError reports a deployment package or a module that cannot be run.
type ModuleError struct {
	// Module is the module's path in the package; empty: there is none.
	Module string
	// Reason says what is wrong with it: the import or export by its name, or
	// what is wrong with the module's bytes and where.
	Reason string
}

func (e *ModuleError) Error() string {
	if e.Module == "" {
		return "sandbox: " + e.Reason
	}
	return "sandbox: " + e.Module + ": " + e.Reason
}
