package api

import "fmt"

// operation is one of the Lambda API.
type operation struct {
	name, method string
	// path is a pattern: {Member} stands for one segment. A query that tells
	// operations of the same path apart follows a question mark.
	path string
	// status is that of a success.
	status int
	// handler is nil if the operation is not served here; why says why not.
	handler *handler
	why     absence
}

// absence says why an operation is not served.
type absence uint8

const (
	served absence = iota
	// elsewhere: the server invokes functions itself.
	elsewhere
	// later: the operation comes with a later release.
	later
	// outOfScope: the operation is about machines and services that Lambent
	// does not have.
	outOfScope
)

// absent is the answer to a call of an operation that is not served.
func (op *operation) absent() *Error {
	if op.why == outOfScope {
		return &Error{Code: codeUnsupported, Message: fmt.Sprintf("The operation %s is not supported by Lambent.", op.name)}
	}
	return &Error{Code: codeNotImplemented, Message: fmt.Sprintf("The operation %s is not available in this version of Lambent.", op.name)}
}

// operations is the whole Lambda API, in the order of its reference.
var operations = []operation{
	{"CreateFunction", "POST", "/2015-03-31/functions", 201, serve(createFunctionRules, (*API).createFunction), served},
	{"GetFunction", "GET", "/2015-03-31/functions/{FunctionName}", 200, serve(qualifiedRules, (*API).getFunction), served},
	{"GetFunctionConfiguration", "GET", "/2015-03-31/functions/{FunctionName}/configuration", 200, serve(qualifiedRules, (*API).getFunctionConfiguration), served},
	{"UpdateFunctionCode", "PUT", "/2015-03-31/functions/{FunctionName}/code", 200, serve(updateCodeRules, (*API).updateFunctionCode), served},
	{"UpdateFunctionConfiguration", "PUT", "/2015-03-31/functions/{FunctionName}/configuration", 200, serve(updateConfigurationRules, (*API).updateFunctionConfiguration), served},
	{"DeleteFunction", "DELETE", "/2015-03-31/functions/{FunctionName}", 204, serve(qualifiedRules, (*API).deleteFunction), served},
	{"ListFunctions", "GET", "/2015-03-31/functions", 200, serve(listFunctionsRules, (*API).listFunctions), served},

	{"Invoke", "POST", "/2015-03-31/functions/{FunctionName}/invocations", 200, nil, elsewhere},
	{"InvokeWithResponseStream", "POST", "/2021-11-15/functions/{FunctionName}/response-streaming-invocations", 200, nil, elsewhere},
	{"InvokeAsync", "POST", "/2014-11-13/functions/{FunctionName}/invoke-async", 202, nil, later},

	{"PublishVersion", "POST", "/2015-03-31/functions/{FunctionName}/versions", 201, serve(publishVersionRules, (*API).publishVersion), served},
	{"ListVersionsByFunction", "GET", "/2015-03-31/functions/{FunctionName}/versions", 200, serve(listVersionsRules, (*API).listVersions), served},

	{"CreateAlias", "POST", "/2015-03-31/functions/{FunctionName}/aliases", 201, serve(createAliasRules, (*API).createAlias), served},
	{"GetAlias", "GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", 200, serve(aliasRules, (*API).getAlias), served},
	{"UpdateAlias", "PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", 200, serve(updateAliasRules, (*API).updateAlias), served},
	{"DeleteAlias", "DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", 204, serve(aliasRules, (*API).deleteAlias), served},
	{"ListAliases", "GET", "/2015-03-31/functions/{FunctionName}/aliases", 200, serve(listAliasesRules, (*API).listAliases), served},

	{"PutFunctionConcurrency", "PUT", "/2017-10-31/functions/{FunctionName}/concurrency", 200, serve(putConcurrencyRules, (*API).putConcurrency), served},
	{"GetFunctionConcurrency", "GET", "/2019-09-30/functions/{FunctionName}/concurrency", 200, serve(nameRules, (*API).getConcurrency), served},
	{"DeleteFunctionConcurrency", "DELETE", "/2017-10-31/functions/{FunctionName}/concurrency", 204, serve(nameRules, (*API).deleteConcurrency), served},
	{"PutProvisionedConcurrencyConfig", "PUT", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", 202, serve(putProvisionedRules, (*API).putProvisioned), served},
	{"GetProvisionedConcurrencyConfig", "GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", 200, serve(provisionedRules, (*API).getProvisioned), served},
	{"ListProvisionedConcurrencyConfigs", "GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL", 200, serve(listProvisionedRules, (*API).listProvisioned), served},
	{"DeleteProvisionedConcurrencyConfig", "DELETE", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", 204, serve(provisionedRules, (*API).deleteProvisioned), served},

	{"PutFunctionEventInvokeConfig", "PUT", "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200, serve(setEventInvokeRules, (*API).putEventInvoke), served},
	{"UpdateFunctionEventInvokeConfig", "POST", "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200, serve(setEventInvokeRules, (*API).updateEventInvoke), served},
	{"GetFunctionEventInvokeConfig", "GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config", 200, serve(eventInvokeRules, (*API).getEventInvoke), served},
	{"ListFunctionEventInvokeConfigs", "GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list", 200, serve(listEventInvokeRules, (*API).listEventInvoke), served},
	{"DeleteFunctionEventInvokeConfig", "DELETE", "/2019-09-25/functions/{FunctionName}/event-invoke-config", 204, serve(eventInvokeRules, (*API).deleteEventInvoke), served},

	{"CreateEventSourceMapping", "POST", "/2015-03-31/event-source-mappings", 202, nil, later},
	{"GetEventSourceMapping", "GET", "/2015-03-31/event-source-mappings/{UUID}", 200, nil, later},
	{"ListEventSourceMappings", "GET", "/2015-03-31/event-source-mappings", 200, nil, later},
	{"UpdateEventSourceMapping", "PUT", "/2015-03-31/event-source-mappings/{UUID}", 202, nil, later},
	{"DeleteEventSourceMapping", "DELETE", "/2015-03-31/event-source-mappings/{UUID}", 202, nil, later},

	{"CreateFunctionUrlConfig", "POST", "/2021-10-31/functions/{FunctionName}/url", 201, nil, later},
	{"GetFunctionUrlConfig", "GET", "/2021-10-31/functions/{FunctionName}/url", 200, nil, later},
	{"UpdateFunctionUrlConfig", "PUT", "/2021-10-31/functions/{FunctionName}/url", 200, nil, later},
	{"DeleteFunctionUrlConfig", "DELETE", "/2021-10-31/functions/{FunctionName}/url", 204, nil, later},
	{"ListFunctionUrlConfigs", "GET", "/2021-10-31/functions/{FunctionName}/urls", 200, nil, later},

	{"PublishLayerVersion", "POST", "/2018-10-31/layers/{LayerName}/versions", 201, serve(publishLayerRules, (*API).publishLayer), served},
	{"GetLayerVersion", "GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", 200, serve(layerVersionRules, (*API).getLayerVersion), served},
	{"GetLayerVersionByArn", "GET", "/2018-10-31/layers?find=LayerVersion", 200, serve(layerByARNRules, (*API).getLayerVersionByARN), served},
	{"ListLayers", "GET", "/2018-10-31/layers", 200, serve(layerFilterRules, (*API).listLayers), served},
	{"ListLayerVersions", "GET", "/2018-10-31/layers/{LayerName}/versions", 200, serve(listLayerVersionsRules, (*API).listLayerVersions), served},
	{"DeleteLayerVersion", "DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", 204, serve(layerVersionRules, (*API).deleteLayerVersion), served},
	{"AddLayerVersionPermission", "POST", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", 201, serve(addLayerPermissionRules, (*API).addLayerPermission), served},
	{"GetLayerVersionPolicy", "GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", 200, serve(layerVersionRules, (*API).getLayerPolicy), served},
	{"RemoveLayerVersionPermission", "DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}", 204, serve(removeLayerPermissionRules, (*API).removeLayerPermission), served},

	{"AddPermission", "POST", "/2015-03-31/functions/{FunctionName}/policy", 201, serve(addPermissionRules, (*API).addPermission), served},
	{"GetPolicy", "GET", "/2015-03-31/functions/{FunctionName}/policy", 200, serve(policyRules, (*API).getPolicy), served},
	{"RemovePermission", "DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}", 204, serve(removePermissionRules, (*API).removePermission), served},

	{"TagResource", "POST", "/2017-03-31/tags/{Resource}", 204, serve(tagRules, (*API).tagResource), served},
	{"UntagResource", "DELETE", "/2017-03-31/tags/{Resource}", 204, serve(untagRules, (*API).untagResource), served},
	{"ListTags", "GET", "/2017-03-31/tags/{Resource}", 200, serve(listTagsRules, (*API).listTags), served},

	{"GetAccountSettings", "GET", "/2016-08-19/account-settings", 200, serve(nil, (*API).getAccountSettings), served},

	{"PutRuntimeManagementConfig", "PUT", "/2021-07-20/functions/{FunctionName}/runtime-management-config", 200, serve(putRuntimeManagementRules, (*API).putRuntimeManagement), served},
	{"GetRuntimeManagementConfig", "GET", "/2021-07-20/functions/{FunctionName}/runtime-management-config", 200, serve(runtimeManagementRules, (*API).getRuntimeManagement), served},
	{"PutFunctionRecursionConfig", "PUT", "/2024-08-31/functions/{FunctionName}/recursion-config", 200, serve(putRecursionRules, (*API).putRecursion), served},
	{"GetFunctionRecursionConfig", "GET", "/2024-08-31/functions/{FunctionName}/recursion-config", 200, serve(recursionRules, (*API).getRecursion), served},
	{"PutFunctionScalingConfig", "PUT", "/2025-11-30/functions/{FunctionName}/function-scaling-config", 202, serve(putScalingRules, (*API).putScaling), served},
	{"GetFunctionScalingConfig", "GET", "/2025-11-30/functions/{FunctionName}/function-scaling-config", 200, serve(scalingRules, (*API).getScaling), served},

	{"CreateCodeSigningConfig", "POST", "/2020-04-22/code-signing-configs", 201, serve(createSigningRules, (*API).createSigning), served},
	{"GetCodeSigningConfig", "GET", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", 200, serve(signingRules, (*API).getSigning), served},
	{"UpdateCodeSigningConfig", "PUT", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", 200, serve(updateSigningRules, (*API).updateSigning), served},
	{"DeleteCodeSigningConfig", "DELETE", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", 204, serve(signingRules, (*API).deleteSigning), served},
	{"ListCodeSigningConfigs", "GET", "/2020-04-22/code-signing-configs", 200, serve(listSigningRules, (*API).listSigning), served},
	{"PutFunctionCodeSigningConfig", "PUT", "/2020-06-30/functions/{FunctionName}/code-signing-config", 200, serve(putFunctionSigningRules, (*API).putFunctionSigning), served},
	{"GetFunctionCodeSigningConfig", "GET", "/2020-06-30/functions/{FunctionName}/code-signing-config", 200, serve(nameRules, (*API).getFunctionSigning), served},
	{"DeleteFunctionCodeSigningConfig", "DELETE", "/2020-06-30/functions/{FunctionName}/code-signing-config", 204, serve(nameRules, (*API).deleteFunctionSigning), served},
	{"ListFunctionsByCodeSigningConfig", "GET", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions", 200, serve(listSignedRules, (*API).listSigned), served},

	{"CreateCapacityProvider", "POST", "/2025-11-30/capacity-providers", 202, nil, outOfScope},
	{"GetCapacityProvider", "GET", "/2025-11-30/capacity-providers/{CapacityProviderName}", 200, nil, outOfScope},
	{"UpdateCapacityProvider", "PUT", "/2025-11-30/capacity-providers/{CapacityProviderName}", 202, nil, outOfScope},
	{"DeleteCapacityProvider", "DELETE", "/2025-11-30/capacity-providers/{CapacityProviderName}", 202, nil, outOfScope},
	{"ListCapacityProviders", "GET", "/2025-11-30/capacity-providers", 200, nil, outOfScope},
	{"ListFunctionVersionsByCapacityProvider", "GET", "/2025-11-30/capacity-providers/{CapacityProviderName}/function-versions", 200, nil, outOfScope},

	{"CheckpointDurableExecution", "POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/checkpoint", 200, nil, outOfScope},
	{"GetDurableExecution", "GET", "/2025-12-01/durable-executions/{DurableExecutionArn}", 200, nil, outOfScope},
	{"GetDurableExecutionHistory", "GET", "/2025-12-01/durable-executions/{DurableExecutionArn}/history", 200, nil, outOfScope},
	{"GetDurableExecutionState", "GET", "/2025-12-01/durable-executions/{DurableExecutionArn}/state", 200, nil, outOfScope},
	{"ListDurableExecutionsByFunction", "GET", "/2025-12-01/functions/{FunctionName}/durable-executions", 200, nil, outOfScope},
	{"StopDurableExecution", "POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/stop", 200, nil, outOfScope},
	{"SendDurableExecutionCallbackSuccess", "POST", "/2025-12-01/durable-execution-callbacks/{CallbackId}/succeed", 200, nil, outOfScope},
	{"SendDurableExecutionCallbackFailure", "POST", "/2025-12-01/durable-execution-callbacks/{CallbackId}/fail", 200, nil, outOfScope},
	{"SendDurableExecutionCallbackHeartbeat", "POST", "/2025-12-01/durable-execution-callbacks/{CallbackId}/heartbeat", 200, nil, outOfScope},
}
