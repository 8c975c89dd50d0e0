package registry

import (
	"errors"
	"fmt"

	"github.com/lambent-run/lambent/runtime/function"
)

// Kind is what sort of error a caller is told of.
type Kind int

// Kinds of errors. Each is one of the API's exceptions.
const (
	Internal Kind = iota
	NotFound
	Conflict
	InUse
	InvalidParameter
	PreconditionFailed
	PolicyTooLong
	CodeStorageExceeded
	ProvisionedNotFound
	CodeSigningNotFound
	CodeVerificationFailed
	TooLarge
	AccessDenied
	KMSAccessDenied
	KMSDisabled
	KMSInvalidState
	KMSNotFound
)

// Error is an error that a caller of the API is told of, in AWS's words.
type Error struct {
	Kind    Kind
	Message string
	// Err is the cause, for logs; nil if the message says it all.
	Err error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return "registry: " + e.Message + ": " + e.Err.Error()
	}
	return "registry: " + e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// errorf makes an Error without a cause.
func errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// IsKind reports whether err is an Error of that kind.
func IsKind(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

// errNoFunction is in the chain of errors that say that the function itself
// does not exist, for operations that word it otherwise.
var errNoFunction = errors.New("no such function")

// staleRevision is the message for a RevisionId that is not the latest.
const staleRevision = "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id"

// arn returns the ARN of a function, or of its qualifier.
func (r *Registry) arn(id function.ID, qualifier string) string {
	return function.ARN{Region: id.Region, Account: r.cfg.Account, Name: id.Name, Qualifier: qualifier}.String()
}

// noFunction is the error for a function that does not exist, named as given.
func (r *Registry) noFunction(id function.ID, qualifier string) error {
	return &Error{NotFound, "Function not found: " + r.arn(id, qualifier), errNoFunction}
}

// notFound is the error for a version or alias of a function that exists.
func (r *Registry) notFound(id function.ID, qualifier string) error {
	return errorf(NotFound, "Function not found: %s", r.arn(id, qualifier))
}
