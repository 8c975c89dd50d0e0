package function

import (
	"slices"
	"strings"
)

// runtimes are the identifiers that a function may have, in the order in
// which they are printed.
var runtimes = []string{
	"nodejs20.x", "python3.14", "nodejs24.x", "nodejs22.x", "nodejs18.x", "nodejs16.x",
	"python3.13", "python3.12", "python3.11", "python3.10", "python3.9", "python3.8",
	"java25", "java21", "java17", "java11", "java8.al2", "dotnet10", "dotnet8", "dotnet6",
	"ruby4.0", "ruby3.4", "ruby3.3", "ruby3.2", "provided.al2023", "provided.al2",
}

// retired are the identifiers that existed once.
var retired = []string{
	"nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x",
	"python2.7", "python3.6", "python3.7", "java8", "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet5.0", "dotnet7",
	"ruby2.5", "ruby2.7", "go1.x", "provided",
}

// Runtimes returns the runtime identifiers that a function may have, in the
// order in which they are printed.
func Runtimes() []string { return slices.Clone(runtimes) }

// IsRuntime reports whether a function may have that runtime identifier.
func IsRuntime(name string) bool { return slices.Contains(runtimes, name) }

// IsRetiredRuntime reports whether functions could have that identifier once.
func IsRetiredRuntime(name string) bool { return slices.Contains(retired, name) }

// TakesSnapStart reports whether versions of that runtime can start from a
// snapshot. Lambda has it for Java, Python and .NET; here WebAssembly modules
// (provided.al2023) have one and JavaScript is started ahead, so these are
// accepted too.
func TakesSnapStart(runtime string) bool {
	switch runtime {
	case "provided.al2023", "java11", "java17", "java21", "java25", "dotnet8", "dotnet10", "python3.12", "python3.13", "python3.14":
		return true
	}
	return strings.HasPrefix(runtime, "nodejs")
}
