// Package function holds the pure values of Lambda functions and their rules:
// the forms in which a caller may name one (bare names, partial and full ARNs,
// qualifiers), and the texts of AWS's validation errors. It knows no runtime
// and no HTTP.
package function
