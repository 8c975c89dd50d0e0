package invoker_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"

	"github.com/lambent-run/lambent/invoker"
	"github.com/lambent-run/lambent/runtime"
	"github.com/lambent-run/lambent/runtime/registry"
	"github.com/lambent-run/lambent/runtime/store/local"
)

var hammer = flag.Duration("hammer", 2*time.Second, "how long the storm lasts")

const stormRole = "arn:aws:iam::000000000000:role/r"

// server is a whole Lambent on a folder, with a client for it.
type server struct {
	client *lambda.Client
	close  func()
}

func startServer(t testing.TB, dir string) *server {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	kept, err := local.Open(dir)
	must(err)
	reg, err := registry.Open(t.Context(), registry.Config{KV: kept.KV(), Blobs: kept.Blob(), KeyFile: filepath.Join(dir, "master.key")})
	must(err)
	rt, err := runtime.New(runtime.Config{Directory: reg})
	must(err)
	must(reg.Attach(t.Context(), rt))
	front, err := invoker.New(invoker.Config{Runtime: rt, Registry: reg})
	must(err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	served := make(chan error, 1)
	go func() { served <- front.Serve(ln) }()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	return &server{
		client: lambda.New(lambda.Options{
			Region: "us-east-1", BaseEndpoint: aws.String("http://" + ln.Addr().String()), Retryer: aws.NopRetryer{},
			Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), HTTPClient: &http.Client{Transport: transport},
		}),
		close: func() {
			transport.CloseIdleConnections()
			must(front.Close(context.Background()))
			if err := <-served; err != nil && !errors.Is(err, invoker.ErrClosed) { // it may not have begun yet
				t.Error(err)
			}
			must(rt.Close())
			must(reg.Close())
			must(kept.Close())
		},
	}
}

// answering is the package of a function that answers with a text and the
// version that runs.
func answering(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	w, err := archive.Create("index.js")
	if err == nil {
		_, err = fmt.Fprintf(w, "exports.handler = async (e, c) => c.functionName + ' %s ' + c.functionVersion", text)
	}
	if err := errors.Join(err, archive.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func create(ctx context.Context, c *lambda.Client, name string, code []byte) error {
	_, err := c.CreateFunction(ctx, &lambda.CreateFunctionInput{
		FunctionName: &name, Role: aws.String(stormRole), Runtime: types.RuntimeNodejs22x, Handler: aws.String("index.handler"),
		Code: &types.FunctionCode{ZipFile: code},
	})
	return err
}

// code is the API's name of an error, empty if there is none.
func code(err error) string {
	var answered smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &answered):
		return answered.ErrorCode()
	}
	return err.Error()
}

// lawful are the errors that AWS could give to clients that change the same
// functions at the same time.
var lawful = []string{"", "ResourceNotFoundException", "ResourceConflictException", "PreconditionFailedException", "InvalidParameterValueException"}

// TestStormOfClients has 32 clients create, change, publish, alias, invoke and
// delete the same 20 functions. Beside that each has a function of its own, of
// which it knows at every moment what it must answer.
func TestStormOfClients(t *testing.T) {
	first := startServer(t, t.TempDir()) // fasthttp keeps a goroutine from the first request on
	if _, err := first.client.ListFunctions(t.Context(), &lambda.ListFunctionsInput{}); err != nil {
		t.Fatal(err)
	}
	first.close()
	before := goruntime.NumGoroutine()
	s := startServer(t, t.TempDir())
	codes := [][]byte{answering(t, "a"), answering(t, "b"), answering(t, "c")}
	var calls, served atomic.Int64
	var clients sync.WaitGroup
	end := time.Now().Add(*hammer)
	for n := range 32 {
		clients.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(n), 1))
			for time.Now().Before(end) && !t.Failed() {
				for range 8 {
					what, err := shared(t.Context(), s.client, rnd, codes, &served)
					calls.Add(1)
					if !slices.Contains(lawful, code(err)) {
						t.Errorf("%s: %v", what, err)
					}
				}
				own(t, s.client, fmt.Sprintf("own-%d", n))
			}
		})
	}
	clients.Wait()
	if served.Load() == 0 {
		t.Error("not one invocation was served")
	}
	t.Logf("%d calls, %d invocations served", calls.Load(), served.Load())
	s.close()
	for wait := time.Now().Add(10 * time.Second); goruntime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(wait) {
			var b [1 << 16]byte
			t.Fatalf("%d goroutines, %d before\n%s", goruntime.NumGoroutine(), before, b[:goruntime.Stack(b[:], true)])
		}
	}
}

// shared does something to one of the functions that all clients have in common.
func shared(ctx context.Context, c *lambda.Client, rnd *rand.Rand, codes [][]byte, served *atomic.Int64) (what string, err error) {
	name := fmt.Sprintf("f%d", rnd.IntN(20))
	version := aws.String(fmt.Sprint(1 + rnd.IntN(3)))
	switch rnd.IntN(12) {
	case 0, 1:
		return "create", create(ctx, c, name, codes[rnd.IntN(len(codes))])
	case 2:
		_, err = c.UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: &name, ZipFile: codes[rnd.IntN(len(codes))]})
		return "update code", err
	case 3:
		_, err = c.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: &name, Timeout: aws.Int32(int32(3 + rnd.IntN(9)))})
		return "update configuration", err
	case 4:
		_, err = c.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &name})
		return "publish", err
	case 5:
		_, err = c.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: &name, Name: aws.String("live"), FunctionVersion: version})
		return "create alias", err
	case 6:
		_, err = c.UpdateAlias(ctx, &lambda.UpdateAliasInput{FunctionName: &name, Name: aws.String("live"), FunctionVersion: version})
		return "update alias", err
	case 7:
		if rnd.IntN(3) > 0 {
			_, err = c.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &name})
			return "get", err
		}
		_, err = c.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: &name})
		return "delete", err
	}
	in := &lambda.InvokeInput{FunctionName: &name}
	if rnd.IntN(2) == 0 {
		in.Qualifier = aws.String("live")
	}
	out, err := c.Invoke(ctx, in)
	if err != nil {
		return "invoke", err
	}
	served.Add(1)
	// Whatever version ran, it was one of this function, and it says which.
	fields := strings.Fields(strings.Trim(string(out.Payload), `"`))
	if out.FunctionError != nil || len(fields) != 3 || fields[0] != name || fields[2] != aws.ToString(out.ExecutedVersion) {
		return "invoke", fmt.Errorf("%s answers %s, version %s, error %q", name, out.Payload, aws.ToString(out.ExecutedVersion), aws.ToString(out.FunctionError))
	}
	return "invoke", nil
}

// own leads a function through its life, and wants each change to count at once.
func own(t *testing.T, c *lambda.Client, name string) {
	ctx := t.Context()
	answers := func(qualifier, want string) {
		in := &lambda.InvokeInput{FunctionName: &name}
		if qualifier != "" {
			in.Qualifier = &qualifier
		}
		out, err := c.Invoke(ctx, in)
		if err != nil {
			t.Errorf("%s:%s: %v", name, qualifier, err)
		} else if got := string(out.Payload); got != want {
			t.Errorf("%s:%s answers %s, want %s", name, qualifier, got, want)
		}
	}
	ok := func(what string, err error) {
		if err != nil {
			t.Errorf("%s %s: %v", what, name, err)
		}
	}
	ok("create", create(ctx, c, name, answering(t, "old")))
	answers("", `"`+name+` old $LATEST"`)
	published, err := c.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: &name})
	ok("publish", err)
	if err != nil {
		return
	}
	_, err = c.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: &name, Name: aws.String("live"), FunctionVersion: published.Version})
	ok("create alias", err)
	_, err = c.UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: &name, ZipFile: answering(t, "new")})
	ok("update", err)
	answers("", `"`+name+` new $LATEST"`)
	answers("live", `"`+name+` old 1"`)
	_, err = c.DeleteFunction(ctx, &lambda.DeleteFunctionInput{FunctionName: &name})
	ok("delete", err)
	for _, qualifier := range []*string{nil, aws.String("1"), aws.String("live")} {
		if _, err := c.Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, Qualifier: qualifier}); code(err) != "ResourceNotFoundException" {
			t.Errorf("%s:%s is still there after its delete answered: %v", name, aws.ToString(qualifier), err)
		}
	}
}
