package api

import "context"

// concurrency is a reserved concurrency as the API shows it; {} if there is none.
type concurrency struct {
	ReservedConcurrentExecutions *int `json:",omitempty"`
}

type putConcurrencyInput struct {
	named
	ReservedConcurrentExecutions *int
}

var (
	nameRules           = []rule{ruleName}
	putConcurrencyRules = []rule{ruleName, need("ReservedConcurrentExecutions", atLeast(0))}
)

// putConcurrency serves PutFunctionConcurrency.
func (a *API) putConcurrency(ctx context.Context, c *call, in *putConcurrencyInput) (any, error) {
	id, err := c.whole(in.FunctionName)
	if err != nil {
		return nil, err
	}
	if err := a.registry.PutConcurrency(ctx, id, *in.ReservedConcurrentExecutions); err != nil {
		return nil, err
	}
	return concurrency{in.ReservedConcurrentExecutions}, nil
}

// getConcurrency serves GetFunctionConcurrency.
func (a *API) getConcurrency(ctx context.Context, c *call, in *named) (any, error) {
	id, err := c.whole(in.FunctionName)
	if err != nil {
		return nil, err
	}
	reserved, err := a.registry.GetConcurrency(ctx, id)
	return concurrency{reserved}, err
}

// deleteConcurrency serves DeleteFunctionConcurrency.
func (a *API) deleteConcurrency(ctx context.Context, c *call, in *named) (any, error) {
	id, err := c.whole(in.FunctionName)
	if err != nil {
		return nil, err
	}
	return nil, a.registry.DeleteConcurrency(ctx, id)
}
