package runtime

import "errors"

// ErrInterrupted is what an Isolate returns after Interrupt.
var ErrInterrupted = errors.New("runtime: invocation interrupted")

// FunctionError is a failure of the function itself: its handler threw,
// rejected, exited or could not be loaded. On the wire it is a 200 with
// X-Amz-Function-Error and Payload as the body.
type FunctionError struct {
	// Type and Message are the members errorType and errorMessage of Payload.
	Type, Message string
	// Payload is the error object as JSON.
	Payload []byte
	// Init says that the init phase failed, so the handler never ran.
	Init bool
}

func (e *FunctionError) Error() string {
	if e.Message == "" {
		return "runtime: function error: " + e.Type
	}
	return "runtime: function error: " + e.Type + ": " + e.Message
}
