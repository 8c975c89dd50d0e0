package api_test

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/lambent-run/lambent/invoker/internal/api"
	"github.com/lambent-run/lambent/invoker/internal/api/apitest"
)

// creation is the body of a call that creates a function.
func creation(name string) []byte {
	return fmt.Appendf(nil, `{"FunctionName":%q,"Role":%q,"Runtime":"nodejs22.x","Handler":"index.handler","Code":{"ZipFile":%q}}`,
		name, role, base64.StdEncoding.EncodeToString(apitest.Zip("one")))
}

func serve(b *testing.B, a *api.API, method, target string, body []byte, want int) {
	if res := a.Serve(b.Context(), request(method, target, body)); res.Status != want {
		b.Fatalf("%s %s: got %d %s", method, target, res.Status, res.Body)
	}
}

func BenchmarkServe(b *testing.B) {
	const base = "/2015-03-31/functions"
	b.Run("CreateFunction", func(b *testing.B) {
		a := newAPI(b)
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			serve(b, a, "POST", base, creation(fmt.Sprintf("f%d", i)), 201)
		}
	})
	b.Run("GetFunction", func(b *testing.B) {
		a := newAPI(b)
		serve(b, a, "POST", base, creation("f"), 201)
		b.ReportAllocs()
		for b.Loop() {
			serve(b, a, "GET", base+"/f", nil, 200)
		}
	})
	b.Run("ListFunctions/50", func(b *testing.B) {
		a := newAPI(b)
		for i := range 1000 {
			serve(b, a, "POST", base, creation(fmt.Sprintf("f%04d", i)), 201)
		}
		b.ReportAllocs()
		for b.Loop() {
			serve(b, a, "GET", base, nil, 200)
		}
	})
	b.Run("CreateFunction/50MB refused", func(b *testing.B) {
		a := newAPI(b)
		body := fmt.Appendf(nil, `{"FunctionName":"f","Code":{"ZipFile":%q}}`, base64.StdEncoding.EncodeToString(make([]byte, 50<<20)))
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			serve(b, a, "POST", base, body, 400)
		}
	})
}
