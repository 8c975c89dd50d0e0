package registry

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
)

func TestAFreshFunctionLooksAsOnLambda(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	in := input("1")
	c := must(t)(r.CreateFunction(t.Context(), fn, in))
	for name, f := range map[string]func() bool{
		"RevisionId":   func() bool { return len(c.RevisionID) == 36 },
		"LastModified": func() bool { _, err := time.Parse(dateFormat, c.LastModified); return err == nil },
		"CodeSize":     func() bool { return c.CodeSize == int64(len(in.Code.ZipFile)) },
	} {
		if !f() {
			t.Errorf("%s is wrong in %+v", name, c)
		}
	}
	c.RevisionID, c.LastModified, c.CodeSha256, c.CodeSize, c.RuntimeVersionConfig = "R", "L", "S", 1, nil
	got, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"FunctionName":"f","FunctionArn":"arn:aws:lambda:us-east-1:123456789012:function:f","Version":"$LATEST","Role":"` + role + `",` +
		`"Runtime":"nodejs22.x","Handler":"index.handler","Description":"","Timeout":3,"MemorySize":128,"EphemeralStorage":{"Size":512},` +
		`"TracingConfig":{"Mode":"PassThrough"},"LoggingConfig":{"LogFormat":"Text","LogGroup":"/aws/lambda/f"},` +
		`"SnapStart":{"ApplyOn":"None","OptimizationStatus":"Off"},"CodeSha256":"S","CodeSize":1,"LastModified":"L","RevisionId":"R",` +
		`"PackageType":"Zip","Architectures":["x86_64"],"State":"Pending","StateReason":"The function is being created.","StateReasonCode":"Creating"}`
	if string(got) != want {
		t.Errorf("created\n%s, want\n%s", got, want)
	}
}

func TestWhatIsCreatedSettlesByItself(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	created := must(t)(r.CreateFunction(t.Context(), fn, input("1")))
	active := must(t)(r.GetFunctionConfiguration(t.Context(), fn, ""))
	if want := (function.Status{State: "Active", LastUpdateStatus: "Successful"}); active.Status != want {
		t.Errorf("status is %+v, want %+v", active.Status, want)
	}
	if active.RevisionID == created.RevisionID {
		t.Error("the RevisionId did not change with the state")
	}
	again := must(t)(r.GetFunctionConfiguration(t.Context(), fn, ""))
	if again.RevisionID != active.RevisionID {
		t.Error("the RevisionId changed though nothing did")
	}
}

func TestSettlingTakesAsLongAsItIsTold(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{Settle: time.Hour})
	attach(t, r)
	must(t)(r.CreateFunction(t.Context(), fn, input("1")))
	if got := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "")).State; got != "Pending" {
		t.Errorf("State is %s, want Pending", got)
	}
	if got := serves(t, r, "$LATEST"); got != "1" {
		t.Errorf("a pending function serves %q", got)
	}
	// An update does not wait for the creation.
	in := UpdateConfigurationInput{SettingsChange: function.SettingsChange{Timeout: ptr(7)}}
	updated := must(t)(r.UpdateFunctionConfiguration(t.Context(), fn, in))
	if updated.State != "Active" || updated.LastUpdateStatus != "InProgress" || updated.LastUpdateStatusReasonCode != "Creating" {
		t.Errorf("status is %+v", updated.Status)
	}
	// A restart ends the waiting.
	r = newRegistry(t, Config{KV: r.cfg.KV, Blobs: r.cfg.Blobs, Settle: time.Hour})
	if got := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "")); got.LastUpdateStatus != "Successful" || got.Timeout != 7 {
		t.Errorf("after a restart: %+v", got)
	}
}

func TestCreateFunctionRefuses(t *testing.T) {
	t.Parallel()
	const notZip = "Could not unzip uploaded file. Please check your file, then try to upload again."
	tests := []struct {
		name    string
		change  func(in *CreateInput)
		kind    Kind
		message string
	}{
		{"no runtime", func(in *CreateInput) { in.Runtime = nil }, InvalidParameter, "Runtime and Handler are mandatory parameters for functions created with deployment packages."},
		{"an unknown runtime", func(in *CreateInput) { in.Runtime = ptr("NodeJS22.x") }, InvalidParameter, "Value NodeJS22.x at 'runtime' failed to satisfy constraint: " +
			"Member must satisfy enum value set: [" + strings.Join(function.Runtimes(), ", ") + "] or be a valid ARN"},
		{"a retired runtime", func(in *CreateInput) { in.Runtime = ptr("nodejs14.x") }, InvalidParameter, "The runtime parameter of nodejs14.x is no longer supported for " +
			"creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions."},
		{"an image", func(in *CreateInput) { in.PackageType = "Image" }, InvalidParameter, "Functions of package type Image are not supported."},
		{"no code", func(in *CreateInput) { in.Code = CodeInput{} }, InvalidParameter, "Please provide a source for function code."},
		{"two sources of code", func(in *CreateInput) { in.Code.S3Bucket, in.Code.S3Key = "b", "k" }, InvalidParameter, "Please do not provide other FunctionCode parameters when providing a ZipFile."},
		{"S3 where there is none", func(in *CreateInput) { in.Code = CodeInput{S3Bucket: "b", S3Key: "k"} }, InvalidParameter, "Code in S3 cannot be fetched: S3 is not configured."},
		{"code that is no archive", func(in *CreateInput) { in.Code.ZipFile = []byte("no") }, InvalidParameter, notZip},
		{"empty code", func(in *CreateInput) { in.Code.ZipFile = []byte{} }, InvalidParameter, notZip},
		{"an archive that is too large", func(in *CreateInput) { in.Code.ZipFile = make([]byte, maxZipped+1) }, TooLarge, "Zipped size must be smaller than 52428800 bytes"},
		{"levels with plain logs", func(in *CreateInput) {
			in.LoggingConfig = &function.LoggingConfig{LogFormat: "Text", SystemLogLevel: "INFO"}
		}, InvalidParameter, `LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.`},
		{"reserved variables", func(in *CreateInput) {
			in.Environment = &function.Environment{Variables: map[string]string{"AWS_REGION": "x", "AA": "y", "AWS_LAMBDA_FUNCTION_NAME": "z"}}
		}, InvalidParameter, "Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys " +
			"that are currently not supported for modification. Reserved keys used in this request: AWS_LAMBDA_FUNCTION_NAME, AWS_REGION"},
		{"too many variables", func(in *CreateInput) {
			in.Environment = &function.Environment{Variables: map[string]string{"KK": strings.Repeat("<", 4088)}}
		}, InvalidParameter, "Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. " +
			`String measured: {"KK":"` + strings.Repeat("<", 4088) + `"}`},
		{"a snapshot of what has none", func(in *CreateInput) {
			in.Runtime, in.SnapStart = ptr("ruby3.4"), &function.SnapStart{ApplyOn: "PublishedVersions"}
		}, InvalidParameter, "ruby3.4 is not supported for SnapStart enabled functions."},
		{"an unknown code signing configuration", func(in *CreateInput) {
			in.CodeSigningConfigArn = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0"
		}, CodeSigningNotFound, "The code signing configuration cannot be found. Check that the provided configuration is not deleted: " +
			"arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0."},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newRegistry(t, Config{})
			in := input("1")
			tc.change(&in)
			_, err := r.CreateFunction(t.Context(), fn, in)
			wantError(t, err, tc.kind, tc.message)
			if _, err := r.GetFunction(t.Context(), fn, ""); !IsKind(err, NotFound) {
				t.Errorf("it exists: %v", err)
			}
			if n := blobs(t, r); n != 0 {
				t.Errorf("%d contents were left behind", n)
			}
		})
	}
}

func TestANameIsTakenOnce(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	_, err := r.CreateFunction(t.Context(), fn, input("2"))
	wantError(t, err, Conflict, "Function already exist: f")
	abroad := function.ID{Region: "eu-west-1", Name: "f"}
	if got := must(t)(r.CreateFunction(t.Context(), abroad, input("2"))).FunctionArn; got != "arn:aws:lambda:eu-west-1:123456789012:function:f" {
		t.Errorf("ARN is %s", got)
	}
	if got := serves(t, r, "$LATEST"); got != "1" {
		t.Errorf("$LATEST serves %q", got)
	}
}

func TestTheVariablesAreAsTheyWereGiven(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	in := input("1")
	if c := must(t)(r.CreateFunction(t.Context(), named(1), in)); c.Environment != nil {
		t.Errorf("none were given: %+v", c.Environment)
	}
	in.Environment = &function.Environment{}
	c := must(t)(r.CreateFunction(t.Context(), named(2), in))
	if text, _ := json.Marshal(c.Environment); string(text) != `{"Variables":{}}` {
		t.Errorf("empty ones are %s", text)
	}
	in.Environment = &function.Environment{Variables: map[string]string{"NAME": "value"}}
	c = must(t)(r.CreateFunction(t.Context(), named(3), in))
	if c.Environment.Variables["NAME"] != "value" {
		t.Errorf("variables are %+v", c.Environment)
	}
}

func TestAnUpdateMergesWhatIsGiven(t *testing.T) {
	t.Parallel()
	full := func() function.SettingsChange {
		return function.SettingsChange{
			Role: ptr(role), Runtime: ptr("nodejs22.x"), Handler: ptr("index.handler"), Description: ptr("d"), Timeout: ptr(9), MemorySize: ptr(256),
			EphemeralStorage: &function.EphemeralStorage{Size: 600}, Environment: &function.Environment{Variables: map[string]string{"AA": "1", "BB": "2"}},
			VpcConfig:        &function.VpcConfig{SubnetIDs: []string{"subnet-1"}, SecurityGroupIDs: []string{"sg-1"}},
			DeadLetterConfig: &function.DeadLetterConfig{TargetArn: "arn:aws:sqs:us-east-1:123456789012:q"},
			TracingConfig:    &function.TracingConfig{Mode: "Active"}, LoggingConfig: &function.LoggingConfig{LogFormat: "JSON", LogGroup: "g"},
			SnapStart: &function.SnapStart{ApplyOn: "PublishedVersions"},
		}
	}
	tests := []struct {
		name   string
		change function.SettingsChange
		want   func(s *function.Settings)
	}{
		{"nothing", function.SettingsChange{}, func(*function.Settings) {}},
		{"a text becomes empty", function.SettingsChange{Description: ptr("")}, func(s *function.Settings) { s.Description = "" }},
		{"variables are replaced whole", function.SettingsChange{Environment: &function.Environment{Variables: map[string]string{"CC": "3"}}}, func(s *function.Settings) {
			s.Environment = &function.Environment{Variables: map[string]string{"CC": "3"}}
		}},
		{"an empty dead-letter queue is none", function.SettingsChange{DeadLetterConfig: &function.DeadLetterConfig{}}, func(s *function.Settings) { s.DeadLetterConfig = nil }},
		{"empty lists detach from a VPC", function.SettingsChange{VpcConfig: &function.VpcConfig{}}, func(s *function.Settings) {
			s.VpcConfig = &function.VpcConfig{SubnetIDs: []string{}, SecurityGroupIDs: []string{}}
		}},
		{"plain logs have no levels", function.SettingsChange{LoggingConfig: &function.LoggingConfig{LogFormat: "Text"}}, func(s *function.Settings) {
			s.LoggingConfig = &function.LoggingConfig{LogFormat: "Text", LogGroup: "/aws/lambda/f"}
		}},
		{"a level is given", function.SettingsChange{LoggingConfig: &function.LoggingConfig{LogFormat: "JSON", ApplicationLogLevel: "WARN"}}, func(s *function.Settings) {
			s.LoggingConfig = &function.LoggingConfig{LogFormat: "JSON", ApplicationLogLevel: "WARN", SystemLogLevel: "INFO", LogGroup: "/aws/lambda/f"}
		}},
		{"no snapshot any more", function.SettingsChange{SnapStart: &function.SnapStart{ApplyOn: "None"}}, func(s *function.Settings) { s.SnapStart.ApplyOn = "None" }},
		{"numbers", function.SettingsChange{Timeout: ptr(1), MemorySize: ptr(128)}, func(s *function.Settings) { s.Timeout, s.MemorySize = 1, 128 }},
		{"another key for the same variables", function.SettingsChange{KMSKeyArn: ptr("arn:aws:kms:us-east-1:123456789012:key/k")}, func(s *function.Settings) {
			s.KMSKeyArn = "arn:aws:kms:us-east-1:123456789012:key/k"
		}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newRegistry(t, Config{})
			in := input("1")
			in.SettingsChange = full()
			want := must(t)(r.CreateFunction(t.Context(), fn, in)).Settings
			snap := *want.SnapStart
			want.SnapStart = &snap
			tc.want(&want)
			must(t)(r.UpdateFunctionConfiguration(t.Context(), fn, UpdateConfigurationInput{SettingsChange: tc.change}))
			got := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "")).Settings
			x, _ := json.Marshal(got)
			y, _ := json.Marshal(want)
			if string(x) != string(y) {
				t.Errorf("settings are\n%s, want\n%s", x, y)
			}
		})
	}
}

func TestEveryUpdateHasItsRevision(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	seen := map[string]bool{}
	for range 3 {
		before := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "")).RevisionID
		updated := must(t)(r.UpdateFunctionConfiguration(t.Context(), fn, UpdateConfigurationInput{RevisionID: before})).RevisionID
		_, err := r.UpdateFunctionConfiguration(t.Context(), fn, UpdateConfigurationInput{RevisionID: updated})
		wantError(t, err, PreconditionFailed, staleRevision) // it has settled meanwhile
		_, err = r.UpdateFunctionCode(t.Context(), fn, UpdateCodeInput{CodeInput: CodeInput{ZipFile: zipOf("2")}, RevisionID: before})
		wantError(t, err, PreconditionFailed, staleRevision)
		_, err = r.PublishVersion(t.Context(), fn, PublishInput{RevisionID: before})
		wantError(t, err, PreconditionFailed, staleRevision)
		for _, id := range []string{before, updated} {
			if seen[id] {
				t.Errorf("RevisionId %s came twice", id)
			}
			seen[id] = true
		}
	}
}

func TestCodeIsReplacedAtOnceOrNotAtAll(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	runner := attach(t, r)
	must(t)(r.CreateFunction(t.Context(), fn, input("1")))
	in := UpdateCodeInput{CodeInput: CodeInput{ZipFile: zipOf("2")}, DryRun: true}
	dry := must(t)(r.UpdateFunctionCode(t.Context(), fn, in))
	if got := serves(t, r, "$LATEST"); got != "1" || blobs(t, r) != 1 {
		t.Fatalf("after a dry run $LATEST serves %q", got)
	}
	in.DryRun = false
	c := must(t)(r.UpdateFunctionCode(t.Context(), fn, in))
	if c.CodeSha256 != dry.CodeSha256 {
		t.Errorf("CodeSha256 is %s, the dry run had %s", c.CodeSha256, dry.CodeSha256)
	}
	if got := serves(t, r, "$LATEST"); got != "2" {
		t.Errorf("$LATEST serves %q, want 2", got)
	}
	if n := blobs(t, r); n != 1 {
		t.Errorf("%d contents, want 1: the old one has no use", n)
	}
	told := runner.deployment(fn).Versions["$LATEST"]
	if told != r.document(fn).Latest.Revision {
		t.Errorf("the runtime knows revision %s", told)
	}
}

func TestUnusableCodeLeavesTheOldInPlace(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	attach(t, r)
	must(t)(r.CreateFunction(t.Context(), fn, input("1")))
	update := func(code string) function.Configuration {
		must(t)(r.UpdateFunctionCode(t.Context(), fn, UpdateCodeInput{CodeInput: CodeInput{ZipFile: zipOf(code)}}))
		return must(t)(r.GetFunctionConfiguration(t.Context(), fn, ""))
	}
	for range 2 {
		c := update("broken")
		if c.State != "Active" || c.LastUpdateStatus != "Failed" || c.LastUpdateStatusReason != "the code is broken" || c.LastUpdateStatusReasonCode == "" {
			t.Errorf("status is %+v", c.Status)
		}
		if got := serves(t, r, "$LATEST"); got != "1" {
			t.Errorf("$LATEST serves %q, want 1", got)
		}
	}
	// It stays so when the settings of the broken code change, also after a restart.
	must(t)(r.UpdateFunctionConfiguration(t.Context(), fn, UpdateConfigurationInput{SettingsChange: function.SettingsChange{Timeout: ptr(5)}}))
	r = newRegistry(t, Config{KV: r.cfg.KV, Blobs: r.cfg.Blobs})
	attach(t, r)
	if got := serves(t, r, "$LATEST"); got != "1" {
		t.Errorf("$LATEST serves %q, want 1", got)
	}
	if c := update("3"); c.LastUpdateStatus != "Successful" || c.LastUpdateStatusReason != "" || c.Timeout != 5 {
		t.Errorf("status is %+v", c.Status)
	}
	if got, n := serves(t, r, "$LATEST"), blobs(t, r); got != "3" || n != 1 {
		t.Errorf("$LATEST serves %q, and there are %d contents", got, n)
	}
}

func TestAFunctionOfUnusableCodeHasFailed(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	attach(t, r)
	if got := must(t)(r.CreateFunction(t.Context(), fn, input("broken"))).State; got != "Pending" {
		t.Errorf("State is %s, want Pending", got)
	}
	if c := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "")); c.State != "Failed" || c.StateReason != "the code is broken" {
		t.Errorf("status is %+v", c.Status)
	}
	must(t)(r.UpdateFunctionCode(t.Context(), fn, UpdateCodeInput{CodeInput: CodeInput{ZipFile: zipOf("1")}}))
	if c := must(t)(r.GetFunctionConfiguration(t.Context(), fn, "")); c.State != "Active" || c.StateReason != "" {
		t.Errorf("status is %+v", c.Status)
	}
}

func TestDeletingAFunctionLeavesNothing(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	runner := attach(t, r)
	wantError(t, r.DeleteFunction(t.Context(), fn, ""), NotFound, "Function not found: "+arnOf(""))
	must(t)(r.CreateFunction(t.Context(), fn, input("1")))
	publishNew(t, r, "2")
	publishNew(t, r, "3")
	if err := r.DeleteFunction(t.Context(), fn, ""); err != nil {
		t.Fatal(err)
	}
	entries, err := r.cfg.KV.List(t.Context(), "", "", 0)
	if err != nil || len(entries) != 0 || blobs(t, r) != 0 {
		t.Errorf("%v, %v and %d contents are left", entries, err, blobs(t, r))
	}
	if d := runner.deployment(fn); d != nil {
		t.Errorf("the runtime still knows %+v", d)
	}
	if r.region(fn.Region).code != 0 {
		t.Errorf("%d bytes of code are counted", r.region(fn.Region).code)
	}
	must(t)(r.CreateFunction(t.Context(), fn, input("1")))
	if got := must(t)(r.PublishVersion(t.Context(), fn, PublishInput{})).Version; got != "1" {
		t.Errorf("the first version of a new function is %s", got)
	}
}

func TestCodeStorageIsLimited(t *testing.T) {
	t.Parallel()
	size := int64(len(zipOf("1")))
	r := newRegistry(t, Config{MaxCodeStorage: 2*size + 1})
	must(t)(r.CreateFunction(t.Context(), named(1), input("1")))
	must(t)(r.CreateFunction(t.Context(), fn, input("1")))
	const message = "Code storage limit exceeded."
	_, err := r.CreateFunction(t.Context(), named(2), input("1"))
	wantError(t, err, CodeStorageExceeded, message)
	_, err = r.PublishVersion(t.Context(), fn, PublishInput{})
	wantError(t, err, CodeStorageExceeded, message)
	if err := r.DeleteFunction(t.Context(), named(1), ""); err != nil {
		t.Fatal(err)
	}
	must(t)(r.PublishVersion(t.Context(), fn, PublishInput{}))
}

func TestFunctionsAreListedInPages(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, Config{})
	for i := range 5 {
		must(t)(r.CreateFunction(t.Context(), named(i), input("1")))
		if i%2 == 0 {
			must(t)(r.PublishVersion(t.Context(), named(i), PublishInput{}))
		}
	}
	must(t)(r.CreateFunction(t.Context(), function.ID{Region: "eu-west-1", Name: "abroad"}, input("1")))
	for _, all := range []bool{false, true} {
		want := "f0000 f0001 f0002 f0003 f0004"
		if all {
			want = "f0000:$LATEST f0000:1 f0001:$LATEST f0002:$LATEST f0002:1 f0003:$LATEST f0004:$LATEST f0004:1"
		}
		for limit := range 9 {
			var got []string
			pages := 0
			for after, more := "", true; more; more = after != "" {
				list, next, err := r.ListFunctions(t.Context(), "us-east-1", all, Page{After: after, Limit: limit})
				if err != nil || limit > 0 && len(list) > limit || pages > 9 {
					t.Fatalf("page of %d: %d items, %v", limit, len(list), err)
				}
				for _, c := range list {
					got = append(got, strings.TrimPrefix(c.FunctionArn, "arn:aws:lambda:us-east-1:123456789012:function:"))
					if c.State != "" || c.LastUpdateStatus != "" || c.RuntimeVersionConfig != nil {
						t.Errorf("a list shows too much of %s", c.FunctionArn)
					}
				}
				after = next
				pages++
			}
			if text := strings.Join(got, " "); text != want {
				t.Errorf("in pages of %d: %s, want %s", limit, text, want)
			}
			if all := len(got); limit > 0 && pages != (all+limit-1)/limit {
				t.Errorf("%d items in %d pages of %d", all, pages, limit)
			}
		}
	}
}

func TestAnEmptyRegionHasAnEmptyList(t *testing.T) {
	t.Parallel()
	r := withFunction(t, Config{})
	list, next, err := r.ListFunctions(t.Context(), "eu-west-1", false, Page{})
	if list == nil || len(list) != 0 || next != "" || err != nil {
		t.Errorf("ListFunctions = %v, %q, %v", list, next, err)
	}
}
