package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/store"
)

const (
	secret = "correct horse battery staple"
	keyARN = "arn:aws:kms:us-east-1:123456789012:key/k"
)

// withSecret is input with a secret in its variables.
func withSecret(key string) CreateInput {
	in := input("1")
	in.Environment = &function.Environment{Variables: map[string]string{"SECRET": secret}}
	in.KMSKeyArn = ptr(key)
	return in
}

func TestVariablesAreNotReadableInTheStore(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	must(t)(r.CreateFunction(t.Context(), fn, withSecret("")))
	must(t)(r.PublishVersion(t.Context(), fn, PublishInput{}))
	entries, err := r.cfg.KV.List(t.Context(), "", "", 0)
	if err != nil || len(entries) != 2 {
		t.Fatal(entries, err)
	}
	for _, e := range entries {
		if bytes.Contains(e.Value, []byte("SECRET")) || bytes.Contains(e.Value, []byte("horse")) {
			t.Errorf("%s shows the variables: %s", e.Key, e.Value)
		}
	}
	for _, version := range []string{"$LATEST", "1"} {
		if got := must(t)(r.GetFunctionConfiguration(t.Context(), fn, version)).Environment.Variables["SECRET"]; got != secret {
			t.Errorf("the variable of %s is %q", version, got)
		}
	}
	d := r.document(fn)
	v, _, err := r.Version(t.Context(), fn, "1", d.versionRevision(1))
	if err != nil || v.Environment["SECRET"] != secret {
		t.Errorf("the runtime gets %v, %v", v, err)
	}
}

func TestVariablesBelongToTheirFunction(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	for _, id := range []function.ID{fn, named(1)} {
		must(t)(r.CreateFunction(t.Context(), id, withSecret("")))
	}
	sealed := r.document(fn).Latest.Sealed
	tampered := *sealed
	tampered.Data = slices.Clone(sealed.Data)
	tampered.Data[len(tampered.Data)/2] ^= 1
	short := *sealed
	short.Data = short.Data[:3]
	wrapped := *sealed
	wrapped.Key = r.document(named(1)).Latest.Sealed.Key
	own := r.document(fn).Generation
	tests := []struct {
		name       string
		id         function.ID
		generation string
		sealed     *Sealed
		ok         bool
	}{
		{"in their place", fn, own, sealed, true},
		{"another function", named(1), own, sealed, false},
		{"an earlier function of the name", fn, "other", sealed, false},
		{"another Region", function.ID{Region: "eu-west-1", Name: "f"}, own, sealed, false},
		{"changed", fn, own, &tampered, false},
		{"cut off", fn, own, &short, false},
		{"another's data key", fn, own, &wrapped, false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := r.environment(t.Context(), tc.id, tc.generation, tc.sealed)
			text, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			want := `{"Error":{"ErrorCode":"AccessDeniedException","Message":"Lambda was unable to decrypt your environment variables."}}`
			if tc.ok {
				want = `{"Variables":{"SECRET":"` + secret + `"}}`
			}
			if string(text) != want {
				t.Errorf("the environment is %s, want %s", text, want)
			}
		})
	}
}

func TestEachSealingIsDifferent(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	must(t)(r.CreateFunction(t.Context(), fn, withSecret("")))
	before := r.document(fn).Latest.Sealed
	must(t)(r.UpdateFunctionConfiguration(t.Context(), fn, UpdateConfigurationInput{SettingsChange: withSecret("").SettingsChange}))
	after := r.document(fn).Latest.Sealed
	if bytes.Equal(before.Data, after.Data) || bytes.Equal(before.Key, after.Key) {
		t.Error("the same ciphertext or the same data key came twice")
	}
	if !sameVariables(before, after) {
		t.Error("the same variables are not recognised")
	}
}

func TestTheMasterKeyIsKeptAndGuarded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	first, err := openKeys(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Fatalf("the key file is %v, %v", info.Mode(), err)
	}
	if again, err := openKeys(path, nil); err != nil || again.wrapping != first.wrapping || again.links != first.links {
		t.Errorf("the key was not kept: %v", err)
	}
	if first.wrapping == first.links || first.links == first.compare {
		t.Error("one key serves two purposes")
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := openKeys(path, nil); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("a key file with mode %v: %v", mode, err)
		}
	}
	for name, text := range map[string]string{"empty": "", "short": "AAAA", "no base64": "?"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openKeys(path, nil); err == nil {
			t.Errorf("a file that is %s was taken for a key", name)
		}
	}
	if _, err := openKeys(filepath.Join(path, "below"), nil); err == nil {
		t.Error("a key below a file was made")
	}
}

func TestVariablesSurviveAChangeOfTheAccount(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	r := newRegistry(t, Config{KeyFile: path})
	must(t)(r.CreateFunction(t.Context(), fn, withSecret("")))
	r, err := Open(t.Context(), Config{KV: r.cfg.KV, Blobs: r.cfg.Blobs, KeyFile: path, Account: "999999999999"})
	if err != nil {
		t.Fatal(err)
	}
	if c := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "")); c.Environment.Variables["SECRET"] != secret || !strings.Contains(c.FunctionArn, ":999999999999:") {
		t.Errorf("shown %+v", c)
	}
}

// fakeKMS keeps keys as KMS does: the caller gets a ticket for each.
type fakeKMS struct {
	mu      sync.Mutex
	tickets map[string][]byte
	calls   int
	err     error
}

func (k *fakeKMS) Wrap(_ context.Context, arn string, key []byte, binding map[string]string) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.calls++; k.err != nil {
		return nil, k.err
	}
	ticket := arn + fmt.Sprint(binding) + string(key[:4])
	k.tickets[ticket] = key
	return []byte(ticket), nil
}

func (k *fakeKMS) Unwrap(_ context.Context, arn string, wrapped []byte, binding map[string]string) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.calls++; k.err != nil {
		return nil, k.err
	}
	if !strings.HasPrefix(string(wrapped), arn+fmt.Sprint(binding)) {
		return nil, errorf(KMSInvalidState, "another binding")
	}
	return k.tickets[string(wrapped)], nil
}

func TestAKeyOfKMSIsUsedWhereThereIsOne(t *testing.T) {
	t.Parallel()
	kms := &fakeKMS{tickets: map[string][]byte{}}
	r := newRegistry(t, Config{KMS: kms})
	must(t)(r.CreateFunction(t.Context(), fn, withSecret(keyARN)))
	if r.document(fn).Latest.Sealed.KMSKeyArn != keyARN || kms.calls == 0 {
		t.Fatal("the variables are not under the key")
	}
	for range 3 {
		if got := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "")); got.Environment.Variables["SECRET"] != secret || got.KMSKeyArn != keyARN {
			t.Errorf("shown %+v", got.Environment)
		}
	}
	if kms.calls != 2 {
		t.Errorf("KMS was asked %d times, want once for each direction", kms.calls)
	}
	// Without the key they go back under the master key.
	must(t)(r.UpdateFunctionConfiguration(t.Context(), fn, UpdateConfigurationInput{SettingsChange: function.SettingsChange{KMSKeyArn: ptr("")}}))
	if s := r.document(fn).Latest.Sealed; s.KMSKeyArn != "" {
		t.Errorf("still under %s", s.KMSKeyArn)
	}
	if got := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "")).Environment.Variables["SECRET"]; got != secret {
		t.Errorf("the variable is %q", got)
	}
}

func TestWhatKMSSaysIsPassedOn(t *testing.T) {
	t.Parallel()
	kms := &fakeKMS{tickets: map[string][]byte{}}
	r := newRegistry(t, Config{KMS: kms})
	must(t)(r.CreateFunction(t.Context(), fn, withSecret(keyARN)))
	r.keys.unsealed.Purge() // as after a restart
	kms.err = errorf(KMSDisabled, "the key is disabled")
	_, err := r.CreateFunction(t.Context(), named(1), withSecret(keyARN))
	wantError(t, err, KMSDisabled, "the key is disabled")
	_, _, err = r.Version(t.Context(), fn, "$LATEST", r.document(fn).Latest.Revision)
	wantError(t, err, KMSDisabled, "the key is disabled")
	c := must(t)(r.GetFunctionConfiguration(t.Context(), fn, ""))
	if c.Environment.Error == nil || c.Environment.Error.Message != "the key is disabled" || c.Environment.Variables != nil {
		t.Errorf("shown %+v", c.Environment)
	}
	// Where KMS is gone, its variables are too.
	r = newRegistry(t, Config{KV: r.cfg.KV, Blobs: r.cfg.Blobs})
	_, _, err = r.Version(t.Context(), fn, "$LATEST", r.document(fn).Latest.Revision)
	if !IsKind(err, KMSAccessDenied) {
		t.Errorf("without KMS: %v", err)
	}
}

func TestADownloadLinkIsForOnePackageAndAWhile(t *testing.T) {
	t.Parallel()
	r, other := newRegistry(t, Config{}), newRegistry(t, Config{})
	sum, soon := Sum{1}, time.Now().Add(time.Minute)
	token := r.LinkToken(sum, soon)
	tests := []struct {
		name    string
		r       *Registry
		sum     Sum
		expires time.Time
		token   string
		want    bool
	}{
		{"as it was made", r, sum, soon, token, true},
		{"another package", r, Sum{2}, soon, token, false},
		{"longer", r, sum, soon.Add(time.Hour), token, false},
		{"another server", other, sum, soon, token, false},
		{"no token", r, sum, soon, "", false},
		{"too late", r, sum, time.Unix(1, 0), r.LinkToken(sum, time.Unix(1, 0)), false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.r.CheckLink(tc.sum, tc.expires, tc.token); got != tc.want {
				t.Errorf("CheckLink = %v, want %v", got, tc.want)
			}
		})
	}
}

func TestAnUploadedPackageCanBeDownloaded(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	details, err := r.GetFunction(t.Context(), fn, "")
	if err != nil {
		t.Fatal(err)
	}
	content, err := r.OpenCode(t.Context(), details.Code.Sum)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	got := make([]byte, content.Size())
	if _, err := content.ReadAt(got, 0); err != nil || !bytes.Equal(got, zipOf("1")) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if details.Code.Sum.String() != details.Configuration.CodeSha256 {
		t.Errorf("sum %s, CodeSha256 %s", details.Code.Sum, details.Configuration.CodeSha256)
	}
	if _, err := r.OpenCode(t.Context(), Sum(store.Sum{9})); !IsKind(err, NotFound) {
		t.Errorf("no package: %v", err)
	}
}
