package registry_test

import (
	"context"
	"fmt"
	"log"

	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/registry"
	"github.com/lambent-run/lambent/runtime/store/memory"
)

// A registry in memory, and a runtime that runs what it holds.
func Example() {
	ctx := context.Background()
	kept := memory.New()
	reg, err := registry.Open(ctx, registry.Config{KV: kept.KV(), Blobs: kept.Blob()})
	if err != nil {
		log.Fatal(err)
	}
	defer reg.Close()
	rt, err := runtime.New(runtime.Config{Directory: reg})
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	if err := reg.Attach(ctx, rt); err != nil {
		log.Fatal(err)
	}

	id := function.ID{Region: "us-east-1", Name: "hello"}
	role, node, handler := "arn:aws:iam::000000000000:role/hello", "nodejs22.x", "hello.handler"
	_, err = reg.CreateFunction(ctx, id, registry.CreateInput{
		SettingsChange: function.SettingsChange{Role: &role, Runtime: &node, Handler: &handler},
		Code:           registry.CodeInput{Local: "testdata/hello.js"},
		Publish:        true,
	})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := reg.CreateAlias(ctx, id, registry.AliasInput{Name: "live", FunctionVersion: "1"}); err != nil {
		log.Fatal(err)
	}
	res, err := rt.Do(ctx, runtime.Invocation{Function: "hello", Qualifier: "live", Payload: []byte(`{"name":"Ada"}`)})
	fmt.Println(string(res.Payload), res.ExecutedVersion, err)
	// Output: "hello Ada" 1 <nil>
}
