package runtime_test

import (
	"context"
	"fmt"
	"log"

	"github.com/lambent-run/lambent/runtime"
)

func Example() {
	ctx := context.Background()
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close() // waits for invocations in flight

	err = rt.Deploy(ctx, runtime.Function{
		Name: "hello",
		Code: runtime.Source(`exports.handler = async (event) => "hello " + event.name`),
	})
	if err != nil {
		log.Fatal(err)
	}
	reply, err := rt.Invoke(ctx, "hello", []byte(`{"name":"Ada"}`))
	fmt.Println(string(reply.Payload), err)
	// Output: "hello Ada" <nil>
}
