package api

import "slices"

// Values of enumerations, in the order in which AWS prints them.
var (
	architectures = []string{"x86_64", "arm64"}
	packageTypes  = []string{"Image", "Zip"}
	tracingModes  = []string{"Active", "PassThrough"}
	logFormats    = []string{"JSON", "Text"}
	logLevels     = []string{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}
	systemLevels  = []string{"DEBUG", "INFO", "WARN"}
	snapStarts    = []string{"PublishedVersions", "None"}
)

// settingsRules are those of the settings that CreateFunction and
// UpdateFunctionConfiguration take. Which runtimes there are is the registry's
// to know: AWS refuses others as invalid parameters.
var settingsRules = []rule{
	may("Handler", atMost(128), like(patternHandler)),
	ruleText,
	may("Timeout", within(1, 900)),
	may("MemorySize", within(128, 10_240)),
	need("EphemeralStorage.Size", within(512, 10_240)),
	may("Environment.Variables{key}", like(patternVariable)),
	may("Layers[]", length(1, 140), like(patternLayerVersion)),
	may("VpcConfig.SubnetIds", atMost(16)),
	may("VpcConfig.SubnetIds[]", atMost(1024), like(patternSubnet)),
	may("VpcConfig.SecurityGroupIds", atMost(5)),
	may("VpcConfig.SecurityGroupIds[]", atMost(1024), like(patternGroup)),
	may("DeadLetterConfig.TargetArn", like(patternResource)),
	may("KMSKeyArn", like(patternResource)),
	may("TracingConfig.Mode", oneOf(tracingModes...)),
	may("FileSystemConfigs", atMost(1)),
	need("FileSystemConfigs[].Arn", atMost(256), like(patternFileSystem)),
	need("FileSystemConfigs[].LocalMountPath", atMost(160), like(patternMount)),
	may("LoggingConfig.LogFormat", oneOf(logFormats...)),
	may("LoggingConfig.ApplicationLogLevel", oneOf(logLevels...)),
	may("LoggingConfig.SystemLogLevel", oneOf(systemLevels...)),
	may("LoggingConfig.LogGroup", length(1, 512), like(patternLogGroup)),
	may("SnapStart.ApplyOn", oneOf(snapStarts...)),
}

// codeRules are those of where code comes from, below a prefix.
func codeRules(prefix string) []rule {
	return []rule{
		may(prefix+"S3Bucket", length(3, 63), like(patternBucket)),
		may(prefix+"S3Key", length(1, 1024)),
		may(prefix+"S3ObjectVersion", length(1, 1024)),
		may(prefix+"SourceKMSKeyArn", like(patternResource)),
	}
}

var architectureRules = []rule{
	may("Architectures", length(1, 1)),
	may("Architectures[]", oneOf(architectures...)),
}

// Rules of the inputs of the operations on functions.
var (
	createFunctionRules = slices.Concat([]rule{
		need("FunctionName", length(1, 140), like(patternName)),
		need("Role", like(patternRole)),
		need("Code"),
		may("PackageType", oneOf(packageTypes...)),
		may("CodeSigningConfigArn", atMost(200), like(patternCodeSigning)),
	}, settingsRules, codeRules("Code."), architectureRules)

	updateCodeRules = slices.Concat([]rule{ruleName}, codeRules(""), architectureRules)

	updateConfigurationRules = slices.Concat([]rule{ruleName, may("Role", like(patternRole))}, settingsRules)

	qualifiedRules = []rule{ruleNamespaced, ruleQualifier}

	listFunctionsRules = []rule{
		rulePage,
		may("FunctionVersion", oneOf("ALL")),
		may("MasterRegion", like(patternRegion)),
	}
)
