package js

import (
	"errors"
	"fmt"
)

// ErrInterrupted is what Invoke and NewIsolate return when Interrupt, or the
// end of the init phase's context, ended them.
var ErrInterrupted = errors.New("js: interrupted")

// HandlerError is a failure of the guest's code: it threw, rejected or could not
// be loaded.
type HandlerError struct {
	// Type and Message are what Payload says in errorType and errorMessage.
	Type, Message string
	// Payload is the error object {"errorType","errorMessage","trace"} as JSON.
	Payload []byte
}

func (e *HandlerError) Error() string {
	return fmt.Sprintf("js: %s: %s", e.Type, e.Message)
}

// ExitError reports that the guest ended its process. The caller words it, for
// Lambda's text holds the request id.
type ExitError struct {
	// Code is the exit status.
	Code int
}

func (e *ExitError) Error() string {
	return fmt.Sprintf("js: exit status %d", e.Code)
}
