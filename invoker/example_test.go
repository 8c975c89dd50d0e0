package invoker_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/lambent-run/lambent/invoker"
	"github.com/lambent-run/lambent/runtime"
)

func Example() {
	ctx := context.Background()
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer rt.Close()
	if err := rt.Deploy(ctx, runtime.Function{
		Name: "hello",
		Code: runtime.Source(`exports.handler = async (e) => "hello " + e.name`),
	}); err != nil {
		log.Fatal(err)
	}

	front, err := invoker.New(invoker.Config{Runtime: rt})
	if err != nil {
		log.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- front.Serve(ln) }()

	// Any AWS SDK can do this too, with the URL as its endpoint.
	url := "http://" + ln.Addr().String() + "/2015-03-31/functions/hello/invocations"
	res, err := http.Post(url, "application/json", strings.NewReader(`{"name":"Ada"}`))
	if err != nil {
		log.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	fmt.Println(res.StatusCode, res.Header.Get("X-Amz-Executed-Version"), string(body), err)

	// Requests in flight may finish, for a while.
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	fmt.Println(front.Close(ctx), <-served)
	// Output:
	// 200 $LATEST "hello Ada" <nil>
	// <nil> <nil>
}
