// Command reactor is a guest that does what its event says, to test with. An
// event is a JSON string of a verb and its argument, "read /var/task/data.txt". It
// does without encoding/json and fmt because they are half of such a module, and
// compiling it takes the tests long.
package main

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"github.com/lambent-run/lambent/sandbox/guest"
)

var count int

func init() { guest.Handle(answer) }

func main() {}

func answer(ctx guest.Context, event []byte) ([]byte, error) {
	verb, text, _ := strings.Cut(strings.Trim(string(event), `"`), " ")
	n, _ := strconv.Atoi(text)
	switch verb {
	case "echo":
		return event, nil
	case "count":
		count++
		return strconv.AppendInt(nil, int64(count), 10), nil
	case "context":
		return ctx.JSON(), nil
	case "remaining":
		return strconv.AppendBool(nil, ctx.Remaining() > 0), nil
	case "fail":
		return nil, &guest.Error{Type: "Orders.OutOfStock", Message: text}
	case "error":
		return nil, errors.New(text)
	case "panic":
		panic(text)
	case "exit":
		os.Exit(n)
	case "log":
		_, _ = os.Stdout.WriteString("to stdout\n")
		_, _ = os.Stderr.WriteString("to stderr\n")
		guest.Log(guest.LevelWarn, text)
		return []byte(`"logged"`), nil
	case "stream":
		w := guest.Stream("text/plain")
		for i := range n {
			if _, err := w.Write([]byte("part " + strconv.Itoa(i) + "\n")); err != nil {
				return nil, err
			}
		}
		return nil, nil
	case "random":
		return []byte(strconv.FormatUint(guest.Rand().Uint64(), 10) + "," + strconv.FormatUint(rand.Uint64(), 10)), nil
	case "read":
		file, err := os.ReadFile(text)
		return []byte(strconv.Quote(string(file))), err
	case "write":
		if err := os.WriteFile(text, make([]byte, 100_000), 0o600); err != nil {
			return nil, err
		}
		info, err := os.Stat(text)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return strconv.AppendInt(nil, info.Size(), 10), err
	case "env":
		return []byte(strconv.Quote(os.Getenv(text))), nil
	case "nothing":
		return nil, nil
	}
	return nil, errors.New("nothing is known of " + verb)
}
