package sandbox_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/lambent-run/lambent/sandbox"
)

// A module that answers with its event, in a sandbox of its own.
func Example() {
	ctx := context.Background()
	engine, err := sandbox.New("") // compiled modules are kept in memory only
	if err != nil {
		log.Fatal(err)
	}
	program, err := engine.Compile(ctx, sandbox.Source{Files: os.DirFS("testdata"), Handler: "echo.handle"})
	if err != nil {
		log.Fatal(err)
	}
	isolate, err := program.NewIsolate(ctx, sandbox.Environment{FunctionName: "echo", MemorySize: 128})
	if err != nil {
		log.Fatal(err)
	}
	defer isolate.Close()
	reply, err := isolate.Invoke(&sandbox.Call{Event: []byte(`{"name":"Ada"}`), Deadline: time.Now().Add(time.Second)})
	fmt.Println(string(reply.Payload), err)
	// Output: {"name":"Ada"} <nil>
}
