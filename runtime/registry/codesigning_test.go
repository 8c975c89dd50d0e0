package registry

import (
	"context"
	"errors"
	"testing"

	"github.com/lambent-run/lambent/runtime/store/memory"
)

// newSigning makes a code signing configuration and returns its ARN.
func newSigning(t *testing.T, r *Registry) string {
	t.Helper()
	c, err := r.CreateCodeSigningConfig(t.Context(), fn.Region, CodeSigningInput{
		AllowedPublishers: &AllowedPublishers{[]string{"arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/v"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.CodeSigningConfigArn
}

func TestCodeSigningConfigurationsSurviveARestart(t *testing.T) {
	t.Parallel()
	s := memory.New()
	r := withFunction(t, Config{KV: s.KV(), Blobs: s.Blob()})
	arn := newSigning(t, r)
	if err := r.TagCodeSigningConfig(t.Context(), fn.Region, arn, map[string]string{"a": "b"}); err != nil {
		t.Fatal(err)
	}
	if err := r.PutFunctionCodeSigning(t.Context(), fn, arn); err != nil {
		t.Fatal(err)
	}
	r = newRegistry(t, Config{KV: s.KV(), Blobs: s.Blob()})
	c, err := r.GetCodeSigningConfig(t.Context(), fn.Region, arn)
	if err != nil || c.CodeSigningPolicies.UntrustedArtifactOnDeployment != UntrustedWarn {
		t.Errorf("got %+v, %v", c, err)
	}
	tags, err := r.CodeSigningConfigTags(t.Context(), fn.Region, arn)
	if err != nil || len(tags) != 1 || tags["a"] != "b" {
		t.Errorf("tags: %v, %v", tags, err)
	}
	list, _, err := r.ListFunctionsByCodeSigning(t.Context(), fn.Region, arn, Page{})
	if err != nil || len(list) != 1 || list[0] != arnOf("") {
		t.Errorf("functions: %v, %v", list, err)
	}
}

func TestCodeSigningConfigurationsOfOtherPlacesAreNotFound(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	arn := newSigning(t, r)
	_, err := r.GetCodeSigningConfig(t.Context(), "eu-west-1", arn)
	wantError(t, err, NotFound, "The Lambda code signing configuration "+arn+" can not be found.")
	const other = "arn:aws:lambda:us-east-1:999999999999:code-signing-config:csc-00000000000000000"
	_, err = r.GetCodeSigningConfig(t.Context(), fn.Region, other)
	wantError(t, err, NotFound, "The Lambda code signing configuration "+other+" can not be found.")
}

// A function must never have a configuration that does not exist.
func TestDeletingAndUsingACodeSigningConfigurationAtOnce(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	for range 50 {
		arn := newSigning(t, r)
		deleted := make(chan error)
		go func() { deleted <- r.DeleteCodeSigningConfig(context.Background(), fn.Region, arn) }()
		put := r.PutFunctionCodeSigning(t.Context(), fn, arn)
		if err := <-deleted; (err == nil) == (put == nil) {
			t.Fatalf("deletion: %v, use: %v; want one of them to fail", err, put)
		}
		if err := r.DeleteFunctionCodeSigning(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCodeIsRefusedWhereSignaturesAreEnforced(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	arn := newSigning(t, r)
	if err := r.PutFunctionCodeSigning(t.Context(), fn, arn); err != nil {
		t.Fatal(err)
	}
	change := UpdateCodeInput{CodeInput: CodeInput{ZipFile: zipOf("2")}}
	must(t)(r.UpdateFunctionCode(t.Context(), fn, change))
	enforce := CodeSigningInput{CodeSigningPolicies: &CodeSigningPolicies{UntrustedEnforce}}
	if _, err := r.UpdateCodeSigningConfig(t.Context(), fn.Region, arn, enforce); err != nil {
		t.Fatal(err)
	}
	_, err := r.UpdateFunctionCode(t.Context(), fn, change)
	if !IsKind(err, CodeVerificationFailed) {
		t.Errorf("an update: %v", err)
	}
	in := input("1")
	in.CodeSigningConfigArn = arn
	other := fn
	other.Name = "g"
	if _, err = r.CreateFunction(t.Context(), other, in); !IsKind(err, CodeVerificationFailed) {
		t.Errorf("a creation: %v", err)
	}
}

func TestAFunctionIsNotMadeWithTooManyTags(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	in := input("1")
	in.Tags = map[string]string{}
	for i := range maxTags + 1 {
		in.Tags[string(rune('0'+i))] = ""
	}
	_, err := r.CreateFunction(t.Context(), fn, in)
	wantError(t, err, InvalidParameter, "Number of tags exceeds resource tag limit.")
	var known *Error
	if err := r.TagFunction(t.Context(), fn, map[string]string{"a": "b"}); !errors.As(err, &known) || known.Kind != NotFound {
		t.Errorf("the function is there: %v", err)
	}
}
