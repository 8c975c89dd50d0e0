package api

import (
	"regexp"
	"sync"
)

// pattern is a regular expression of the API model, in the spelling that AWS
// prints. It must match the whole text.
type pattern struct {
	text  string
	match func(s string) bool
}

// like Java's expressions, compiled when first needed.
func compile(text string) *pattern {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:` + text + `)$`) })
	return &pattern{text, func(s string) bool { return compiled().MatchString(s) }}
}

// unlike is a pattern that AWS writes with a condition that Go's expressions
// lack: s must match, and must not match except.
func unlike(text, match, except string) *pattern {
	yes, no := compile(match), compile(except)
	return &pattern{text, func(s string) bool { return yes.match(s) && !no.match(s) }}
}

// Parts of patterns.
const (
	arnLambda = `(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?`
)

// Patterns that more than one operation uses.
var (
	// patternName is a function in most operations, patternNamespaced in those
	// that accept more forms.
	patternName        = compile(arnLambda + `([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`)
	patternNamespaced  = compile(arnLambda + `([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`)
	patternUnqualified = compile(arnLambda + `([a-zA-Z0-9-_]+)`)
	// patternQualifier is a qualifier of those with more forms,
	// patternShortQualifier of the others.
	patternQualifier      = compile(`\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+`)
	patternShortQualifier = compile(`(|[a-zA-Z0-9$_-]+)`)
	patternAlias          = unlike(`(?!^[0-9]+$)([a-zA-Z0-9-_]+)`, `[a-zA-Z0-9-_]+`, `[0-9]+`)
	patternAliasVersion   = compile(`(\$LATEST(\.PUBLISHED)?|[0-9]+)`)
	patternNumber         = compile(`[0-9]+`)

	patternRole         = compile(`arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`)
	patternHandler      = compile(`[^\s]+`)
	patternResource     = compile(`(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()`)
	patternArn          = compile(`arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)`)
	patternVariable     = compile(`[a-zA-Z]([a-zA-Z0-9_])+`)
	patternMount        = compile(`/mnt/[a-zA-Z0-9-_.]+`)
	patternLogGroup     = compile(`[\.\-_/#A-Za-z0-9]+`)
	patternBucket       = unlike(`[0-9A-Za-z\.\-_]*(?<!\.)`, `[0-9A-Za-z\.\-_]*`, `.*\.`)
	patternSubnet       = compile(`subnet-[0-9a-z]*`)
	patternGroup        = compile(`sg-[0-9a-zA-Z]*`)
	patternRegion       = compile(`ALL|(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}`)
	patternLayerVersion = compile(`(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)`)
	patternCodeSigning  = compile(`arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:code-signing-config:csc-[a-z0-9]{17}`)
	patternFileSystem   = compile(`arn:aws[a-zA-Z-]*:elasticfilesystem:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:access-point/fsap-[a-f0-9]{17}`)
)

// Rules that more than one operation has.
var (
	ruleName       = need("FunctionName", length(1, 140), like(patternName))
	ruleNamespaced = need("FunctionName", length(1, 256), like(patternNamespaced))
	ruleQualifier  = may("Qualifier", length(1, 128), like(patternQualifier))
	// rulePage is MaxItems of most lists, ruleShortPage that of lists with
	// shorter pages.
	rulePage      = may("MaxItems", within(1, 10_000))
	ruleShortPage = may("MaxItems", within(1, 50))
	ruleText      = may("Description", atMost(256))
)
