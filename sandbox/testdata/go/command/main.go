// Command command is a guest in the form of a program: the event on standard
// input, the response on standard output. An event is a JSON string of a verb
// and its argument, or anything else, which it answers with itself.
package main

import (
	"io"
	"os"
	"strconv"
	"strings"
)

func main() {
	event, err := io.ReadAll(os.Stdin)
	if err != nil {
		os.Exit(1)
	}
	verb, text, _ := strings.Cut(strings.Trim(string(event), `"`), " ")
	switch verb {
	case "exit":
		n, _ := strconv.Atoi(text)
		_, _ = os.Stderr.WriteString("last words\n")
		os.Exit(n)
	case "panic":
		panic(text)
	case "env":
		answer(strconv.Quote(os.Getenv(text)))
	case "args":
		answer(strconv.Quote(strings.Join(os.Args, " ")))
	case "read":
		file, err := os.ReadFile(text)
		if err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		answer(strconv.Quote(string(file)))
	case "nothing":
	default:
		answer(string(event))
	}
}

func answer(text string) { _, _ = os.Stdout.WriteString(text) }
