// Command reactor is a guest that does what its event says, to test with.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"

	"github.com/lambent-run/lambent/sandbox/guest"
)

// request is the event.
type request struct {
	Do   string `json:"do"`
	Text string `json:"text"`
	N    int    `json:"n"`
}

var count int

func init() { guest.Handle(answer) }

func main() {}

func answer(ctx guest.Context, event []byte) ([]byte, error) {
	var r request
	if err := json.Unmarshal(event, &r); err != nil {
		return nil, err
	}
	switch r.Do {
	case "echo":
		return event, nil
	case "count":
		count++
		return json.Marshal(count)
	case "context":
		return ctx.JSON(), nil
	case "info":
		info, err := ctx.Info()
		if err != nil {
			return nil, err
		}
		return json.Marshal([]any{info.RequestID, info.Function, info.Version, info.MemoryMB, ctx.Remaining() > 0})
	case "fail":
		return nil, &guest.Error{Type: "Orders.OutOfStock", Message: r.Text}
	case "error":
		return nil, errors.New(r.Text)
	case "panic":
		panic(r.Text)
	case "exit":
		os.Exit(r.N)
	case "log":
		fmt.Println("to stdout")
		fmt.Fprintln(os.Stderr, "to stderr")
		guest.Log(guest.LevelWarn, r.Text)
		return []byte(`"logged"`), nil
	case "stream":
		w := guest.Stream("text/plain")
		for i := range r.N {
			if _, err := fmt.Fprintf(w, "part %d\n", i); err != nil {
				return nil, err
			}
		}
		return nil, nil
	case "random":
		return json.Marshal([]uint64{guest.Rand().Uint64(), rand.Uint64()})
	case "read":
		text, err := os.ReadFile(r.Text)
		if err != nil {
			return nil, err
		}
		return json.Marshal(string(text))
	case "write":
		if err := os.WriteFile(r.Text, make([]byte, r.N), 0o600); err != nil {
			return nil, err
		}
		return []byte("true"), nil
	case "env":
		return json.Marshal(os.Getenv(r.Text))
	case "nothing":
		return nil, nil
	}
	return nil, fmt.Errorf("nothing is known of %q", r.Do)
}
