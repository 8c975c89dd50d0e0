package http

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/bridge"
)

//go:embed http.js
var httpSource string

//go:embed messages.js
var messagesSource string

//go:embed headers.js
var headersSource string

//go:embed body.js
var bodySource string

//go:embed fetch.js
var fetchSource string

var (
	clients  = module.NewScript("node:http", bridge.Params, httpSource)
	messages = module.NewScript("node:_http_outgoing", bridge.Params, messagesSource)
	headers  = module.NewScript("node:internal/fetch/headers", bridge.Params, headersSource)
	bodies   = module.NewScript("node:internal/fetch/body", bridge.Params, bodySource)
	fetches  = module.NewScript("node:internal/fetch", bridge.Params, fetchSource)
)

// LoadClients makes "internal/http", whose members are the exports of http and
// of https.
func LoadClients(h module.Host) *goja.Object { return bridge.Load(h, clients, natives(h)) }

// Load makes the exports of http.
func Load(h module.Host) *goja.Object {
	return h.Require("internal/http").Get("http").ToObject(h.VM())
}

// LoadHTTPS makes the exports of https.
func LoadHTTPS(h module.Host) *goja.Object {
	return h.Require("internal/http").Get("https").ToObject(h.VM())
}

// LoadMessages makes "internal/http/messages": the classes of messages.
func LoadMessages(h module.Host) *goja.Object { return bridge.Load(h, messages, nil) }

// LoadHeaders makes "internal/fetch/headers": Headers.
func LoadHeaders(h module.Host) *goja.Object { return bridge.Load(h, headers, nil) }

// LoadBody makes "internal/fetch/body": FormData and what bodies share.
func LoadBody(h module.Host) *goja.Object { return bridge.Load(h, bodies, natives(h)) }

// LoadFetch makes "internal/fetch": fetch, Request and Response.
func LoadFetch(h module.Host) *goja.Object { return bridge.Load(h, fetches, natives(h)) }
