package server

import (
	"strings"
)

// knownOperation is an operation of the Lambda API that this server does not
// serve, so that it can say so by name.
type knownOperation struct{ method, path, name string }

// known lists them in the order of the API's documentation. {} stands for one
// path segment.
var known = []knownOperation{
	{"POST", "/2015-03-31/functions", "CreateFunction"},
	{"GET", "/2015-03-31/functions/{}", "GetFunction"},
	{"GET", "/2015-03-31/functions/{}/configuration", "GetFunctionConfiguration"},
	{"PUT", "/2015-03-31/functions/{}/code", "UpdateFunctionCode"},
	{"PUT", "/2015-03-31/functions/{}/configuration", "UpdateFunctionConfiguration"},
	{"DELETE", "/2015-03-31/functions/{}", "DeleteFunction"},
	{"GET", "/2015-03-31/functions", "ListFunctions"},
	{"POST", "/2014-11-13/functions/{}/invoke-async", "InvokeAsync"},
	{"POST", "/2015-03-31/functions/{}/versions", "PublishVersion"},
	{"GET", "/2015-03-31/functions/{}/versions", "ListVersionsByFunction"},
	{"POST", "/2015-03-31/functions/{}/aliases", "CreateAlias"},
	{"GET", "/2015-03-31/functions/{}/aliases/{}", "GetAlias"},
	{"PUT", "/2015-03-31/functions/{}/aliases/{}", "UpdateAlias"},
	{"DELETE", "/2015-03-31/functions/{}/aliases/{}", "DeleteAlias"},
	{"GET", "/2015-03-31/functions/{}/aliases", "ListAliases"},
	{"PUT", "/2017-10-31/functions/{}/concurrency", "PutFunctionConcurrency"},
	{"GET", "/2019-09-30/functions/{}/concurrency", "GetFunctionConcurrency"},
	{"DELETE", "/2017-10-31/functions/{}/concurrency", "DeleteFunctionConcurrency"},
	{"PUT", "/2019-09-30/functions/{}/provisioned-concurrency", "PutProvisionedConcurrencyConfig"},
	{"GET", "/2019-09-30/functions/{}/provisioned-concurrency", "GetProvisionedConcurrencyConfig"},
	{"DELETE", "/2019-09-30/functions/{}/provisioned-concurrency", "DeleteProvisionedConcurrencyConfig"},
	{"PUT", "/2019-09-25/functions/{}/event-invoke-config", "PutFunctionEventInvokeConfig"},
	{"POST", "/2019-09-25/functions/{}/event-invoke-config", "UpdateFunctionEventInvokeConfig"},
	{"GET", "/2019-09-25/functions/{}/event-invoke-config", "GetFunctionEventInvokeConfig"},
	{"GET", "/2019-09-25/functions/{}/event-invoke-config/list", "ListFunctionEventInvokeConfigs"},
	{"DELETE", "/2019-09-25/functions/{}/event-invoke-config", "DeleteFunctionEventInvokeConfig"},
	{"POST", "/2015-03-31/event-source-mappings", "CreateEventSourceMapping"},
	{"GET", "/2015-03-31/event-source-mappings/{}", "GetEventSourceMapping"},
	{"GET", "/2015-03-31/event-source-mappings", "ListEventSourceMappings"},
	{"PUT", "/2015-03-31/event-source-mappings/{}", "UpdateEventSourceMapping"},
	{"DELETE", "/2015-03-31/event-source-mappings/{}", "DeleteEventSourceMapping"},
	{"POST", "/2021-10-31/functions/{}/url", "CreateFunctionUrlConfig"},
	{"GET", "/2021-10-31/functions/{}/url", "GetFunctionUrlConfig"},
	{"PUT", "/2021-10-31/functions/{}/url", "UpdateFunctionUrlConfig"},
	{"DELETE", "/2021-10-31/functions/{}/url", "DeleteFunctionUrlConfig"},
	{"GET", "/2021-10-31/functions/{}/urls", "ListFunctionUrlConfigs"},
	{"POST", "/2018-10-31/layers/{}/versions", "PublishLayerVersion"},
	{"GET", "/2018-10-31/layers/{}/versions/{}", "GetLayerVersion"},
	{"GET", "/2018-10-31/layers", "ListLayers"},
	{"GET", "/2018-10-31/layers/{}/versions", "ListLayerVersions"},
	{"DELETE", "/2018-10-31/layers/{}/versions/{}", "DeleteLayerVersion"},
	{"POST", "/2015-03-31/functions/{}/policy", "AddPermission"},
	{"GET", "/2015-03-31/functions/{}/policy", "GetPolicy"},
	{"DELETE", "/2015-03-31/functions/{}/policy/{}", "RemovePermission"},
	{"POST", "/2017-03-31/tags/{}", "TagResource"},
	{"DELETE", "/2017-03-31/tags/{}", "UntagResource"},
	{"GET", "/2017-03-31/tags/{}", "ListTags"},
	{"GET", "/2016-08-19/account-settings", "GetAccountSettings"},
	{"PUT", "/2021-07-20/functions/{}/runtime-management-config", "PutRuntimeManagementConfig"},
	{"GET", "/2021-07-20/functions/{}/runtime-management-config", "GetRuntimeManagementConfig"},
	{"PUT", "/2024-08-31/functions/{}/recursion-config", "PutFunctionRecursionConfig"},
	{"GET", "/2024-08-31/functions/{}/recursion-config", "GetFunctionRecursionConfig"},
	{"GET", "/2020-06-30/functions/{}/code-signing-config", "GetFunctionCodeSigningConfig"},
}

// unserved says why there is no operation behind a request: its method is
// wrong, Lambda has the operation but this server does not, or there is none.
func unserved(method string, r *route) *apiError {
	switch r.op {
	case opInvoke, opInvokeStream:
		return wrongMethod(method, "POST")
	case opHealth:
		return wrongMethod(method, "GET, HEAD")
	}
	var allowed []string
	path := strings.TrimSuffix(r.path, "/")
	for _, op := range known {
		if !matches(op.path, path) {
			continue
		}
		if op.method == method {
			return notImplemented("The operation " + op.name)
		}
		allowed = append(allowed, op.method)
	}
	if allowed != nil {
		return wrongMethod(method, strings.Join(allowed, ", "))
	}
	shown := r.path
	if len(shown) > maxPathInMessages {
		shown = shown[:maxPathInMessages] + "..."
	}
	return &apiError{
		status: 404, code: "UnknownOperationException", kind: typeUser,
		message: "No operation of the Lambda API is at " + method + " " + shown +
			". To invoke a function, POST the event to /2015-03-31/functions/NAME/invocations.",
	}
}

func wrongMethod(method, allow string) *apiError {
	return &apiError{
		status: 405, code: "UnknownOperationException", kind: typeUser, allow: allow,
		message: "The method " + method + " is not allowed here, only " + allow + ".",
	}
}

// matches reports whether path has the form of pattern.
func matches(pattern, path string) bool {
	for {
		want, restPattern, morePattern := strings.Cut(pattern, "/")
		got, restPath, morePath := strings.Cut(path, "/")
		if want != got && (want != "{}" || got == "") || morePattern != morePath {
			return false
		}
		if !morePattern {
			return true
		}
		pattern, path = restPattern, restPath
	}
}
