package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/lambent-run/lambent/invoker"
	"github.com/lambent-run/lambent/runtime/observe"
)

// shipTimeout limits how long the end of the server waits for logs to be shipped.
const shipTimeout = 10 * time.Second

// taps returns who gets the functions' log events: what is kept for those who ask
// this server, and with --ship-logs CloudWatch Logs. stop sends what waits.
func (o *serveOptions) taps(services *invoker.AWS, log io.Writer) (kept *invoker.Logs, tap observe.Tap, stop func(), err error) {
	kept, err = invoker.NewLogs(invoker.LogsConfig{})
	if err != nil || !o.shipLogs {
		return kept, kept, func() {}, err
	}
	shipper, err := services.Ship(invoker.ShipConfig{
		Logf: func(format string, args ...any) { _, _ = fmt.Fprintf(log, "lambent: "+format+"\n", args...) },
	})
	if err != nil {
		return nil, nil, nil, err
	}
	return kept, observe.Taps{kept, shipper}, func() {
		ctx, cancel := context.WithTimeout(context.Background(), shipTimeout)
		defer cancel()
		_ = shipper.Close(ctx) // it has told what is lost
	}, nil
}
