package registry

import (
	"fmt"
	"strings"
	"testing"
)

// permission is what it takes to let S3 invoke.
func permission(sid string) PermissionInput {
	return PermissionInput{StatementID: sid, Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com", SourceArn: "arn:aws:s3:::in"}
}

func TestPermissionsComeAndGo(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	before, err := r.GetFunctionConfiguration(t.Context(), fn, "")
	if err != nil {
		t.Fatal(err)
	}
	const text = `{"Sid":"%s","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"%s","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::in"}}}`
	one, two := fmt.Sprintf(text, "one", arnOf("")), fmt.Sprintf(text, "two", arnOf(""))
	for sid, want := range map[string]string{"one": one, "two": two} {
		if got, err := r.AddPermission(t.Context(), fn, "", permission(sid)); err != nil || got != want {
			t.Errorf("AddPermission = %s, %v; want %s", got, err, want)
		}
	}
	_, err = r.AddPermission(t.Context(), fn, "", permission("one"))
	wantError(t, err, Conflict, "The statement id (one) provided already exists. Please provide a new statement id, or remove the existing statement.")
	after, err := r.GetFunctionConfiguration(t.Context(), fn, "")
	if err != nil || after.RevisionID == before.RevisionID {
		t.Errorf("the function's RevisionId is still %s, %v", after.RevisionID, err)
	}
	access := Access{Service: "s3.amazonaws.com", Action: "lambda:InvokeFunction", SourceARN: "arn:aws:s3:::in"}
	if !r.Allowed(fn, "", access) || r.Allowed(fn, "live", access) || r.Allowed(named(1), "", access) {
		t.Error("Allowed does not follow the policy")
	}
	if err := r.RemovePermission(t.Context(), fn, "", "two", ""); err != nil {
		t.Fatal(err)
	}
	got, err := r.GetPolicy(t.Context(), fn, "")
	if want := `{"Version":"2012-10-17","Id":"default","Statement":[` + one + `]}`; err != nil || got.Policy != want {
		t.Errorf("GetPolicy = %+v, %v; want %s", got, err, want)
	}
	if err := r.RemovePermission(t.Context(), fn, "", "one", ""); err != nil {
		t.Fatal(err)
	}
	_, err = r.GetPolicy(t.Context(), fn, "")
	wantError(t, err, NotFound, "The resource you requested does not exist.")
	if r.Allowed(fn, "", access) {
		t.Error("what was taken back is still allowed")
	}
}

func TestPermissionsThatAreRefused(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	none := named(1)
	_, err := r.AddPermission(t.Context(), fn, "$LATEST", permission("s"))
	wantError(t, err, InvalidParameter, "We currently do not support adding policies for $LATEST.")
	_, err = r.AddPermission(t.Context(), none, "", permission("s"))
	wantError(t, err, NotFound, "Function not found: "+r.arn(none, ""))
	_, err = r.AddPermission(t.Context(), fn, "live", permission("s"))
	wantError(t, err, NotFound, "Cannot find alias arn: "+arnOf("live"))
	_, err = r.AddPermission(t.Context(), fn, "42", permission("s"))
	wantError(t, err, NotFound, "Function not found: "+arnOf("42"))
	in := permission("s")
	in.Principal = "example.com"
	_, err = r.AddPermission(t.Context(), fn, "", in)
	wantError(t, err, InvalidParameter, "The provided principal was invalid. Please check the principal and try again.")
	_, err = r.GetPolicy(t.Context(), none, "")
	wantError(t, err, NotFound, "The resource you requested does not exist.")
	_, err = r.GetPolicy(t.Context(), fn, "live")
	wantError(t, err, NotFound, "Cannot find alias arn: "+arnOf("live"))
	err = r.RemovePermission(t.Context(), none, "", "s", "")
	wantError(t, err, NotFound, "No policy found for: "+r.arn(none, ""))
	err = r.RemovePermission(t.Context(), fn, "", "s", "")
	wantError(t, err, NotFound, "No policy is associated with the given resource.")
	if _, err := r.AddPermission(t.Context(), fn, "", permission("s")); err != nil {
		t.Fatal(err)
	}
	err = r.RemovePermission(t.Context(), fn, "", "other", "")
	wantError(t, err, NotFound, "Statement other is not found in resource policy.")
}

func TestEachQualifierHasAPolicyOfItsOwn(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	version := must(t)(r.PublishVersion(t.Context(), fn, PublishInput{}))
	if _, err := r.CreateAlias(t.Context(), fn, AliasInput{Name: "live", FunctionVersion: "1"}); err != nil {
		t.Fatal(err)
	}
	in := permission("s")
	in.RevisionID = version.RevisionID
	if _, err := r.AddPermission(t.Context(), fn, "1", in); err != nil {
		t.Errorf("the version's RevisionId is not taken: %v", err)
	}
	if _, err := r.AddPermission(t.Context(), fn, "live", permission("s")); err != nil {
		t.Error(err)
	}
	got, err := r.GetPolicy(t.Context(), fn, "live")
	if err != nil || !strings.Contains(got.Policy, `"Resource":"`+arnOf("live")+`"`) {
		t.Errorf("the alias's policy is %+v, %v", got, err)
	}
	_, err = r.GetPolicy(t.Context(), fn, "")
	wantError(t, err, NotFound, "The resource you requested does not exist.")
	if err := r.DeleteAlias(t.Context(), fn, "live"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.CreateAlias(t.Context(), fn, AliasInput{Name: "live", FunctionVersion: "1"}); err != nil {
		t.Fatal(err)
	}
	_, err = r.GetPolicy(t.Context(), fn, "live")
	wantError(t, err, NotFound, "The resource you requested does not exist.")
}

func TestPolicyRevisions(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	const stale = "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id"
	in := permission("a")
	in.RevisionID = "00000000-0000-4000-8000-000000000000"
	_, err := r.AddPermission(t.Context(), fn, "", in)
	wantError(t, err, PreconditionFailed, stale)
	current, err := r.GetFunctionConfiguration(t.Context(), fn, "")
	if err != nil {
		t.Fatal(err)
	}
	in.RevisionID = current.RevisionID
	if _, err := r.AddPermission(t.Context(), fn, "", in); err != nil {
		t.Errorf("the function's RevisionId is not taken: %v", err)
	}
	policy, err := r.GetPolicy(t.Context(), fn, "")
	if err != nil {
		t.Fatal(err)
	}
	in = permission("b")
	in.RevisionID = policy.RevisionID
	if _, err := r.AddPermission(t.Context(), fn, "", in); err != nil {
		t.Errorf("the policy's RevisionId is not taken: %v", err)
	}
	err = r.RemovePermission(t.Context(), fn, "", "b", policy.RevisionID)
	wantError(t, err, PreconditionFailed, stale)
}

func TestPolicyHasALimit(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	in := permission("")
	in.SourceArn = "arn:aws:s3:::" + strings.Repeat("b", 4000)
	var err error
	for i := 0; i < 10 && err == nil; i++ {
		in.StatementID = fmt.Sprintf("s%d", i)
		_, err = r.AddPermission(t.Context(), fn, "", in)
	}
	policy, getErr := r.GetPolicy(t.Context(), fn, "")
	if !IsKind(err, PolicyTooLong) || getErr != nil || len(policy.Policy) > 20_480 || strings.Count(policy.Policy, `"Sid"`) != 4 {
		t.Errorf("the fifth statement of 4 KB: %v; policy has %d bytes, %v", err, len(policy.Policy), getErr)
	}
}
