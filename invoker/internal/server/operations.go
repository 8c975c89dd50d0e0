package server

// wrongMethodFor refuses a request whose path is an operation of this server, but
// not with its method.
func wrongMethodFor(method string, op operation) *apiError {
	if op == opHealth {
		return wrongMethod(method, "GET, HEAD")
	}
	return wrongMethod(method, "POST")
}

func wrongMethod(method, allow string) *apiError {
	return &apiError{
		status: 405, code: "UnknownOperationException", kind: typeUser, allow: allow,
		message: "The method " + method + " is not allowed here, only " + allow + ".",
	}
}
