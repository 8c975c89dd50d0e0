package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/lambent-run/lambent/runtime/registry"
)

// standIn is a server that speaks a service's protocol; it checks that each
// request is signed for the service.
func standIn(t *testing.T, service, region string, handler http.HandlerFunc) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scope := "/" + region + "/" + service + "/aws4_request"
		if auth := r.Header.Get("Authorization"); !strings.HasPrefix(auth, "AWS4-HMAC-SHA256 Credential=key-of-test/") || !strings.Contains(auth, scope) {
			t.Errorf("%s %s is signed with %q, want a signature by key-of-test for %s", r.Method, r.URL, auth, scope)
		}
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// configured is an AWS whose settings stand in a file, as a user's do.
func configured(t *testing.T, endpoint string) *AWS {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config")
	text := "[default]\nregion = eu-central-1\nmax_attempts = 1\naws_access_key_id = key-of-test\naws_secret_access_key = secret\n"
	if endpoint != "" {
		text += "endpoint_url = " + endpoint + "\n"
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return New(func(ctx context.Context) (aws.Config, error) {
		return config.LoadDefaultConfig(ctx, config.WithSharedConfigFiles([]string{file}), config.WithSharedCredentialsFiles([]string{file}))
	})
}

func wantError(t *testing.T, err error, kind registry.Kind, message string) {
	t.Helper()
	var e *registry.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(e.Message, message) {
		t.Errorf("got %v, want kind %v with %q", err, kind, message)
	}
}

func TestCodeIsFetchedFromS3(t *testing.T) {
	t.Parallel()
	s3Error := func(status int, code, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>%s</Message></Error>`, code, message)
		}
	}
	tests := []struct {
		name    string
		version string
		answer  http.HandlerFunc
		want    string // the object
		kind    registry.Kind
		message string
	}{
		{name: "an object", answer: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/bucket.name/folder/my code.zip" || r.URL.Query().Has("versionId") {
				t.Errorf("asked for %s", r.URL)
			}
			_, _ = io.WriteString(w, "code")
		}, want: "code"},
		{name: "a version of an object", version: "v1", answer: func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "version "+r.URL.Query().Get("versionId"))
		}, want: "version v1"},
		{name: "a bucket that does not exist", answer: s3Error(404, "NoSuchBucket", "The specified bucket does not exist"), kind: registry.InvalidParameter,
			message: "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist"},
		{name: "a key that does not exist", answer: s3Error(404, "NoSuchKey", "The specified key does not exist."), kind: registry.InvalidParameter,
			message: "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."},
		{name: "an object that is not ours to read", answer: s3Error(403, "AccessDenied", "Access Denied"), kind: registry.AccessDenied,
			message: "S3 Error Code: AccessDenied. S3 Error Message: Access Denied"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			objects := configured(t, standIn(t, "s3", "us-west-2", tc.answer)).Objects()
			object, err := objects.Fetch(t.Context(), "us-west-2", "bucket.name", "folder/my code.zip", tc.version)
			if tc.message != "" {
				wantError(t, err, tc.kind, tc.message)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(object)
			if string(got) != tc.want || err != nil {
				t.Errorf("got %q, %v; want %q", got, err, tc.want)
			}
			if err := object.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnObjectThatBreaksOffIsAnError(t *testing.T) {
	t.Parallel()
	objects := configured(t, standIn(t, "s3", "us-east-1", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "the beginning")
	})).Objects()
	object, err := objects.Fetch(t.Context(), "us-east-1", "bucket", "key", "")
	if err != nil {
		t.Fatal(err)
	}
	defer object.Close()
	if got, err := io.ReadAll(object); err == nil {
		t.Errorf("read %q without an error", got)
	}
}

func TestAFetchEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	objects := configured(t, standIn(t, "s3", "us-east-1", func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done() // never answers
	})).Objects()
	if _, err := objects.Fetch(ctx, "us-east-1", "bucket", "key", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestSettingsThatCannotBeReadAreReadAgain(t *testing.T) {
	t.Parallel()
	broken := true
	good := configured(t, standIn(t, "s3", "us-east-1", func(http.ResponseWriter, *http.Request) {}))
	a := New(func(ctx context.Context) (aws.Config, error) {
		if broken {
			return aws.Config{}, errors.New("no such profile")
		}
		return good.load(ctx)
	})
	_, err := a.Objects().Fetch(t.Context(), "us-east-1", "bucket", "key", "")
	wantError(t, err, registry.InvalidParameter, "S3 cannot be reached")
	_, err = a.Keys(t.Context()).Wrap(t.Context(), keyARN, []byte("key"), nil)
	wantError(t, err, registry.InvalidParameter, "KMS cannot be reached")
	broken = false
	object, err := a.Objects().Fetch(t.Context(), "us-east-1", "bucket", "key", "")
	if err != nil {
		t.Fatal(err)
	}
	_ = object.Close()
}

func TestAServiceThatIsNotThereIsAnError(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	_, err := configured(t, server.URL).Objects().Fetch(t.Context(), "us-east-1", "bucket", "key", "")
	wantError(t, err, registry.InvalidParameter, "S3 cannot be reached")
	_, err = configured(t, server.URL).Keys(t.Context()).Wrap(t.Context(), keyARN, []byte("key"), nil)
	wantError(t, err, registry.InvalidParameter, "KMS cannot be reached")
}

func TestKMSIsAskedOnlyIfItIsNamed(t *testing.T) {
	t.Parallel()
	with := func(env config.EnvConfig) *AWS {
		return New(func(context.Context) (aws.Config, error) { return aws.Config{ConfigSources: []any{env}}, nil })
	}
	for name, tc := range map[string]struct {
		aws  *AWS
		want bool
	}{
		"an endpoint":                         {configured(t, "http://127.0.0.1:1"), true},
		"credentials of a file":               {configured(t, ""), false},
		"credentials of the environment":      {with(config.EnvConfig{Credentials: aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}}), true},
		"a profile":                           {with(config.EnvConfig{SharedConfigProfile: "p"}), true},
		"an environment that does not say so": {with(config.EnvConfig{}), false},
	} {
		if got := tc.aws.Keys(t.Context()) != nil; got != tc.want {
			t.Errorf("%s: KMS is asked: %v, want %v", name, got, tc.want)
		}
	}
}

func TestSettingsAreReadOnceForAll(t *testing.T) {
	t.Parallel()
	reads := 0 // the mutex of AWS guards it
	a := New(func(context.Context) (aws.Config, error) { reads++; return aws.Config{Region: "eu-west-1"}, nil })
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			given, err1 := a.config(t.Context(), "us-west-2")
			own, err2 := a.config(t.Context(), "")
			if err := errors.Join(err1, err2); err != nil || given.Region != "us-west-2" || own.Region != "eu-west-1" {
				t.Errorf("regions %s and %s, %v", given.Region, own.Region, err)
			}
		})
	}
	wg.Wait()
	if reads != 1 {
		t.Errorf("the settings were read %d times, want once", reads)
	}
}
