// Package api is the control plane's REST interface, Lambda's API 2015-03-31:
// functions, versions, aliases, concurrency, layers, policies and the rest, one
// file a resource.
//
// A request passes these steps, each in a file of its own:
//
//   - route.go finds the operation in the table of operations.go and takes the
//     path apart.
//   - input.go fills the operation's input, a struct whose tags say which member
//     comes from the path, the query and the body; decode.go reads the body.
//   - validate.go holds the input to the operation's rules, a table of members
//     and constraints, and words what breaks them as AWS does.
//   - The operation itself, in the file of its resource, asks the registry.
//   - errors.go turns an error into status, code and body; the result becomes
//     JSON with the status of the table.
//
// Syntax is checked here, meaning in the registry. The package knows no HTTP
// server: Request and Response are plain values.
package api
