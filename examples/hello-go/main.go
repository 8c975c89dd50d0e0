// Hello-go greets whoever the event names. Build it as a WebAssembly module with
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -ldflags="-s -w" -o bootstrap.wasm .
package main

import "github.com/lambent-run/lambent/sandbox/guest"

type event struct{ Name string }

func init() {
	guest.HandleJSON(func(ctx guest.Context, e event) (string, error) {
		return "Hello, " + e.Name + "!", nil
	})
}

func main() {}
