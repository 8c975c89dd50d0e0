package registry

// AccountLimit is what an account may have in a Region: sizes in bytes.
type AccountLimit struct {
	TotalCodeSize        int64
	CodeSizeUnzipped     int64
	CodeSizeZipped       int64
	ConcurrentExecutions int
	// UnreservedConcurrentExecutions is what functions without concurrency of
	// their own share.
	UnreservedConcurrentExecutions int
}

// AccountUsage is what an account has in a Region: the bytes of all packages,
// each version of a function and of a layer counted, and how many functions.
type AccountUsage struct {
	TotalCodeSize int64
	FunctionCount int
}

// AccountSettings are an account's limits in a Region and what it uses of them.
type AccountSettings struct {
	AccountLimit AccountLimit
	AccountUsage AccountUsage
}

// AccountSettings returns the limits in a Region and what is used of them.
func (r *Registry) AccountSettings(region string) AccountSettings {
	settings := AccountSettings{AccountLimit: AccountLimit{
		TotalCodeSize:                  r.cfg.MaxCodeStorage,
		CodeSizeUnzipped:               maxUnpacked,
		CodeSizeZipped:                 maxZipped,
		ConcurrentExecutions:           r.cfg.MaxConcurrency,
		UnreservedConcurrentExecutions: r.UnreservedConcurrency(region),
	}}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if in := r.regions[region]; in != nil {
		settings.AccountUsage = AccountUsage{TotalCodeSize: in.code, FunctionCount: len(in.names)}
	}
	return settings
}
