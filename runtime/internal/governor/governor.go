// Package governor says whether an invocation may start.
package governor

// Reasons for a refusal, in Lambda's words.
const (
	ReasonConcurrency         = "ConcurrentInvocationLimitExceeded"
	ReasonReservedConcurrency = "ReservedFunctionConcurrentInvocationLimitExceeded"
	ReasonRate                = "FunctionInvocationRateLimitExceeded"
	ReasonReservedRate        = "ReservedFunctionInvocationRateLimitExceeded"
)
