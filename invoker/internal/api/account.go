package api

import "context"

// getAccountSettings serves GetAccountSettings.
func (a *API) getAccountSettings(_ context.Context, c *call, _ *struct{}) (any, error) {
	return a.registry.AccountSettings(c.Region), nil
}
