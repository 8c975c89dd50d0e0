// Package bench holds the measurements: Go benchmarks of package runtime in
// process and over HTTP, beside plain goja in the same table (this folder's
// tests); a load generator (load); the same handlers in rival servers (peers);
// and the tables they print (report). Nothing imports it.
package bench
