package asynchooks

import (
	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/asyncctx"
)

// Reset ends whatever a handler has entered and not left. The platform calls it
// between invocations, if the guest has made a storage.
func Reset(h module.Host) { asyncctx.Of(h).Enter(nil) }
