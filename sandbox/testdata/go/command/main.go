// Command command is a guest in the form of a program: the event on standard
// input, the response on standard output. It answers with what it was given.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	event, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "read the event:", err)
		os.Exit(1)
	}
	var r struct {
		Do   string `json:"do"`
		Text string `json:"text"`
		N    int    `json:"n"`
	}
	if err := json.Unmarshal(event, &r); err != nil {
		fmt.Fprintln(os.Stderr, "the event is not for me:", err)
		os.Exit(2)
	}
	switch r.Do {
	case "exit":
		fmt.Fprintln(os.Stderr, r.Text)
		os.Exit(r.N)
	case "panic":
		panic(r.Text)
	case "env":
		fmt.Printf("%q", os.Getenv(r.Text))
	case "args":
		_ = json.NewEncoder(os.Stdout).Encode(os.Args)
	case "read":
		text, err := os.ReadFile(r.Text)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%q", text)
	case "nothing":
	default:
		_, _ = os.Stdout.Write(event)
	}
}
