package api

// Patterns of the resources that stand beside functions.
var (
	patternTaggable = compile(`arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)`)

	patternStatement    = compile(`([a-zA-Z0-9-_]+)`)
	patternAction       = compile(`(lambda:[*]|lambda:[a-zA-Z]+|[*])`)
	patternPrincipal    = compile(`[^\s]+`)
	patternAccount      = compile(`\d{12}`)
	patternToken        = compile(`[a-zA-Z0-9._\-]+`)
	patternOrganization = compile(`o-[a-z0-9]{10,32}`)

	patternDestination = compile(`$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)`)

	patternRuntimeVersion  = compile(`arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}::runtime:.+`)
	patternScaledQualifier = compile(`(\$LATEST\.PUBLISHED|[0-9]+)`)

	patternLayer          = compile(`(arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+`)
	patternLayerAction    = compile(`lambda:GetLayerVersion`)
	patternLayerPrincipal = compile(`\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root`)
)
