package main

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/lambent-run/lambent/bench/peers/handlers"
	"github.com/lambent-run/lambent/bench/peers/internal/process"
)

// Names of the two servers that others are compared with.
const (
	bareFasthttp = "fasthttp echo"
	nodeHTTP     = "node:http"
)

// rival is a server under test.
type rival struct {
	// name is what the table calls it, id what -only does.
	name, id string
	// echoes says that it runs no handler, but answers with the request's body.
	echoes bool
	// single says that it serves one request at a time.
	single bool
	// path is where it takes events; {name} stands for the handler's name.
	path string
	// command starts it for one handler.
	command func(site) (process.Command, error)
}

// site is where a rival is to run.
type site struct {
	handler handlers.Handler
	// dir is a folder of its own that holds the handlers and the adapters.
	dir string
	// port is free; further ones come from freePort.
	port int
}

func (s site) addr() string { return "127.0.0.1:" + strconv.Itoa(s.port) }

func (s site) handlerFile() string { return filepath.Join(s.dir, s.handler.File) }

// requestPath is where r takes events for h.
func (r rival) requestPath(h handlers.Handler) string {
	if r.path == "" {
		return "/"
	}
	return strings.ReplaceAll(r.path, "{name}", h.Name)
}

// want is the answer that r must give to h's event.
func (r rival) want(h handlers.Handler) []byte {
	if r.echoes {
		return h.Event
	}
	return h.Want
}

// freePort returns a port of the loopback interface that was free just now.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// plain is a rival's command whose arguments depend on its site alone.
func plain(path string, args func(site) []string) func(site) (process.Command, error) {
	return func(s site) (process.Command, error) {
		return process.Command{Path: path, Args: args(s), Dir: s.dir, Env: os.Environ()}, nil
	}
}

// adapted is a JavaScript runtime that runs an adapter with handler and port.
func adapted(path string, args ...string) func(site) (process.Command, error) {
	return plain(path, func(s site) []string {
		return append(args[:len(args):len(args)], s.handlerFile(), strconv.Itoa(s.port))
	})
}

func fasthttpEcho(bin string) rival {
	return rival{name: bareFasthttp, id: "fasthttp", echoes: true, command: plain(bin, func(s site) []string {
		return []string{"-listen", s.addr()}
	})}
}

func lambent(bin string) rival {
	return rival{
		name: "lambent", id: "lambent", path: "/2015-03-31/functions/{name}/invocations",
		command: plain(bin, func(s site) []string { return []string{"serve", "--listen", s.addr(), s.handlerFile()} }),
	}
}

func plainGoja(bin string) rival {
	return rival{name: "plain goja", id: "goja", command: plain(bin, func(s site) []string {
		return []string{"-listen", s.addr(), s.handlerFile()}
	})}
}

func workerd(bin string) rival {
	return rival{name: "workerd", id: "workerd", command: func(s site) (process.Command, error) {
		config := filepath.Join(s.dir, "workerd.capnp")
		text, err := adapters.ReadFile("adapters/workerd.capnp")
		if err != nil {
			return process.Command{}, err
		}
		filled := strings.NewReplacer("{{port}}", strconv.Itoa(s.port), "{{file}}", s.handler.File).Replace(string(text))
		if err := os.WriteFile(config, []byte(filled), 0o644); err != nil {
			return process.Command{}, err
		}
		return process.Command{Path: bin, Args: []string{"serve", config}, Dir: s.dir, Env: os.Environ()}, nil
	}}
}

// awsClient is AWS's runtime client in node, below AWS's emulator or what
// stands in for it. front makes the emulator's arguments from the addresses of
// invocations and of the Runtime API.
func awsClient(name, emulator, client, path string, front func(listen, api string) []string) rival {
	return rival{name: name, id: "aws", single: true, path: path, command: func(s site) (process.Command, error) {
		port, err := freePort()
		if err != nil {
			return process.Command{}, err
		}
		args := front(s.addr(), "127.0.0.1:"+strconv.Itoa(port))
		return process.Command{
			Path: emulator, Dir: s.dir,
			Args: append(args, "node", client, s.handler.Name+".handler"),
			Env: append(os.Environ(),
				"LAMBDA_TASK_ROOT="+s.dir, "_HANDLER="+s.handler.Name+".handler",
				"AWS_REGION=us-east-1", "AWS_LAMBDA_FUNCTION_NAME=function", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
				"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128", "AWS_LAMBDA_LOG_GROUP_NAME=group", "AWS_LAMBDA_LOG_STREAM_NAME=stream"),
		}, nil
	}}
}
