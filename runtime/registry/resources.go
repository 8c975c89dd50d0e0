package registry

// Resources are the parts of a function's document that are not versions,
// aliases or concurrency. The maps are by qualifier, in which $LATEST stands for
// the function itself.
type Resources struct {
	Tags              map[string]string             `json:",omitempty"`
	Policies          map[string]*Policy            `json:",omitempty"`
	EventInvoke       map[string]*EventInvokeConfig `json:",omitempty"`
	RuntimeManagement map[string]*RuntimeManagement `json:",omitempty"`
	Scaling           map[string]*ScalingConfig     `json:",omitempty"`
	// CodeSigningConfigArn is empty if there is none.
	CodeSigningConfigArn string `json:",omitempty"`
	// RecursiveLoop is Allow, or empty for Terminate.
	RecursiveLoop string `json:",omitempty"`
}

// drop forgets what is attached to a version or alias that is gone.
func (res *Resources) drop(qualifier string) {
	delete(res.Policies, qualifier)
	delete(res.EventInvoke, qualifier)
	delete(res.RuntimeManagement, qualifier)
	delete(res.Scaling, qualifier)
}
