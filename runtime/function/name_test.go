package function

import (
	"errors"
	"regexp"
	"strings"
	"testing"
)

func TestParseReference(t *testing.T) {
	t.Parallel()
	const region, account = "us-east-1", "123456789012"
	tests := []struct {
		name, in string
		want     Reference
	}{
		{"a bare name", "hello", Reference{Name: "hello"}},
		{"a name with an alias", "hello:live", Reference{Name: "hello", Qualifier: "live"}},
		{"a name with a version", "hello:3", Reference{Name: "hello", Qualifier: "3"}},
		{"a name with $LATEST", "hello:$LATEST", Reference{Name: "hello", Qualifier: "$LATEST"}},
		{"a name with the version published last", "hello:$LATEST.PUBLISHED", Reference{Name: "hello", Qualifier: "$LATEST.PUBLISHED"}},
		{
			"a full ARN", "arn:aws:lambda:us-east-1:123456789012:function:hello",
			Reference{Partition: "aws", Region: region, Account: account, Name: "hello"},
		},
		{
			"a full ARN with a qualifier", "arn:aws:lambda:us-east-1:123456789012:function:hello:live",
			Reference{Partition: "aws", Region: region, Account: account, Name: "hello", Qualifier: "live"},
		},
		{
			"a full ARN of China", "arn:aws-cn:lambda:cn-north-1:123456789012:function:hello",
			Reference{Partition: "aws-cn", Region: "cn-north-1", Account: account, Name: "hello"},
		},
		{"a partial ARN with account and function", "123456789012:function:hello", Reference{Account: account, Name: "hello"}},
		{"a partial ARN with the account", "123456789012:hello", Reference{Account: account, Name: "hello"}},
		{"a partial ARN with account and qualifier", "123456789012:hello:7", Reference{Account: account, Name: "hello", Qualifier: "7"}},
		{"a partial ARN with the word function", "function:hello", Reference{Name: "hello"}},
		{"a partial ARN with the region", "us-east-1:hello", Reference{Region: region, Name: "hello"}},
		{"an ARN without region and account", "arn:aws:lambda:hello", Reference{Partition: "aws", Name: "hello"}},
		{"a region of the government", "us-gov-west-1:hello", Reference{Region: "us-gov-west-1", Name: "hello"}},
		{"a region of an isolated partition", "us-isob-east-1:hello", Reference{Region: "us-isob-east-1", Name: "hello"}},
		{"a sovereign region", "eusc-de-east-1:hello", Reference{Region: "eusc-de-east-1", Name: "hello"}},
		{"function alone is a name", "function", Reference{Name: "function"}},
		{"function with $LATEST is a name", "function:$LATEST", Reference{Name: "function", Qualifier: "$LATEST"}},
		{"an account alone is a name", "123456789012", Reference{Name: "123456789012"}},
		{"an account with $LATEST is a name", "123456789012:$LATEST", Reference{Name: "123456789012", Qualifier: "$LATEST"}},
		{"a region alone is a name", "us-east-1", Reference{Name: "us-east-1"}},
		{"arn is a name like any other", "arn:live", Reference{Name: "arn", Qualifier: "live"}},
		{"dots are allowed in lookups", "a.b", Reference{Name: "a.b"}},
		{"a name longer than any function's is well formed", strings.Repeat("x", 65), Reference{Name: strings.Repeat("x", 65)}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseReference(tc.in)
			if err != nil || got != tc.want {
				t.Errorf("ParseReference(%q) = %+v, %v; want %+v", tc.in, got, err, tc.want)
			}
		})
	}
}

func TestMalformedReferenceHasTheTextOfAWS(t *testing.T) {
	t.Parallel()
	pattern := func(s string) string {
		return "Value '" + s + "' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: " + NamePattern
	}
	long := strings.Repeat("x", 257)
	tests := []struct{ name, in, want string }{
		{"a character that no name has", "bad!name", "1 validation error detected: " + pattern("bad!name")},
		{"a space", "a b", "1 validation error detected: " + pattern("a b")},
		{"an empty qualifier", "hello:", "1 validation error detected: " + pattern("hello:")},
		{"a lower case $latest", "hello:$latest", "1 validation error detected: " + pattern("hello:$latest")},
		{"another service's ARN", "arn:aws:s3:us-east-1:123456789012:function:f", "1 validation error detected: " + pattern("arn:aws:s3:us-east-1:123456789012:function:f")},
		{"too many parts", strings.Repeat("a:", 40) + "a", "1 validation error detected: " + pattern(strings.Repeat("a:", 40)+"a")},
		{
			"too long a name", long,
			"1 validation error detected: Value '" + long + "' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 256",
		},
		{
			"no name at all", "",
			"2 validation errors detected: Value '' at 'functionName' failed to satisfy constraint: Member must have length greater than or equal to 1; " + pattern(""),
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseReference(tc.in)
			var invalid *ValidationError
			if !errors.As(err, &invalid) || err.Error() != tc.want {
				t.Errorf("ParseReference(%q) error = %v, want %q", tc.in, err, tc.want)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, ref, qualifier string
		has                  bool
		want                 Reference
		wantErr              error
		wantText             string
	}{
		{name: "no parameter leaves the qualifier of the name", ref: "f:live", want: Reference{Name: "f", Qualifier: "live"}},
		{name: "the parameter alone counts", ref: "f", qualifier: "live", has: true, want: Reference{Name: "f", Qualifier: "live"}},
		{name: "both may say the same", ref: "f:live", qualifier: "live", has: true, want: Reference{Name: "f", Qualifier: "live"}},
		{name: "a lower case $latest is an alias that may not exist", ref: "f", qualifier: "$latest", has: true, want: Reference{Name: "f", Qualifier: "$latest"}},
		{name: "both may not differ", ref: "f:live", qualifier: "test", has: true, wantErr: ErrQualifierMismatch},
		{
			name: "a malformed parameter is named", ref: "f", qualifier: "a b", has: true,
			wantText: "1 validation error detected: Value 'a b' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: " + QualifierPattern,
		},
		{
			name: "both malformed are counted together", ref: "f!", qualifier: "a b", has: true,
			wantText: "2 validation errors detected: Value 'f!' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: " + NamePattern +
				"; Value 'a b' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: " + QualifierPattern,
		},
		{
			name: "an empty parameter is too short", ref: "f", has: true,
			wantText: "2 validation errors detected: Value '' at 'qualifier' failed to satisfy constraint: Member must have length greater than or equal to 1" +
				"; Value '' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: " + QualifierPattern,
		},
		{
			name: "a long parameter is too long", ref: "f", qualifier: strings.Repeat("q", 129), has: true,
			wantText: "1 validation error detected: Value '" + strings.Repeat("q", 129) + "' at 'qualifier' failed to satisfy constraint: Member must have length less than or equal to 128",
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := Resolve(tc.ref, tc.qualifier, tc.has)
			switch {
			case tc.wantText != "":
				if err == nil || err.Error() != tc.wantText {
					t.Errorf("error = %v, want %q", err, tc.wantText)
				}
			case got != tc.want || !errors.Is(err, tc.wantErr):
				t.Errorf("Resolve(%q, %q) = %+v, %v; want %+v, %v", tc.ref, tc.qualifier, got, err, tc.want, tc.wantErr)
			}
		})
	}
}

func TestKindsOfQualifier(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in       string
		version, alias bool
	}{
		{"digits are a version", "12", true, false},
		{"letters are an alias", "live", false, true},
		{"digits with a letter are an alias", "1a", false, true},
		{"$LATEST is neither", "$LATEST", false, false},
		{"the version published last is neither", "$LATEST.PUBLISHED", false, false},
		{"a lower case $latest is an alias that cannot exist", "$latest", false, true},
		{"nothing is neither", "", false, false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if IsVersion(tc.in) != tc.version || IsAlias(tc.in) != tc.alias {
				t.Errorf("%q: version %v, alias %v; want %v, %v", tc.in, IsVersion(tc.in), IsAlias(tc.in), tc.version, tc.alias)
			}
		})
	}
}

func TestNamesThatMayBeGiven(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in        string
		function, alias bool
	}{
		{"letters, digits, dash and underscore", "My_fn-2", true, true},
		{"digits only", "42", true, false},
		{"nothing", "", false, false},
		{"a dot", "a.b", false, false},
		{"a dollar sign", "$LATEST", false, false},
		{"64 characters", strings.Repeat("x", 64), true, true},
		{"65 characters", strings.Repeat("x", 65), false, true},
		{"129 characters", strings.Repeat("x", 129), false, false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if err := CheckName(tc.in); (err == nil) != tc.function {
				t.Errorf("CheckName(%q) = %v, want ok %v", tc.in, err, tc.function)
			}
			if err := CheckAliasName(tc.in); (err == nil) != tc.alias {
				t.Errorf("CheckAliasName(%q) = %v, want ok %v", tc.in, err, tc.alias)
			}
		})
	}
}

func TestARN(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		in   ARN
		want string
	}{
		{"a function", ARN{"us-east-1", "000000000000", "f", ""}, "arn:aws:lambda:us-east-1:000000000000:function:f"},
		{"an alias", ARN{"eu-west-1", "123456789012", "f", "live"}, "arn:aws:lambda:eu-west-1:123456789012:function:f:live"},
		{"China has a partition of its own", ARN{"cn-north-1", "123456789012", "f", ""}, "arn:aws-cn:lambda:cn-north-1:123456789012:function:f"},
		{"so has the government", ARN{"us-gov-west-1", "123456789012", "f", ""}, "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:f"},
		{"isolated regions are told apart", ARN{"us-isob-east-1", "123456789012", "f", ""}, "arn:aws-iso-b:lambda:us-isob-east-1:123456789012:function:f"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := tc.in.String()
			if got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			back, err := ParseReference(got)
			if err != nil || back.Name != tc.in.Name || back.Qualifier != tc.in.Qualifier || back.Region != tc.in.Region || back.Account != tc.in.Account {
				t.Errorf("ParseReference(%q) = %+v, %v", got, back, err)
			}
		})
	}
}

func TestBareNameCostsNoAllocation(t *testing.T) {
	in := "my-function"
	if n := testing.AllocsPerRun(100, func() { _, _ = ParseReference(in) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

// reference is NamePattern as Go writes it.
var reference = regexp.MustCompile(`^(?:arn:(aws[a-zA-Z-]*)?:lambda:)?(?:((?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9_.-]+)(?::(\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9_-]+))?$`)

func FuzzParseReference(f *testing.F) {
	for _, s := range []string{
		"", "f", "f:live", "f:$LATEST", "function", "function:f", "function:$LATEST", "function:function:function",
		"arn:aws:lambda:us-east-1:123456789012:function:f:live", "arn::lambda:f", "arn:aws:lambda:$LATEST", "arn:aws:lambda",
		"us-east-1:123456789012:f", "us-gov-west-1:f", "us-iso-x-1:f", "us-isoz-east-1:123456789012", "eusc-de-east-1:f:g",
		"123456789012:function:$LATEST.PUBLISHED", "a:b:c:d:e:f:g:h:i:j", "f\n", "é", "us-gov-1:f", "us-iso-1:f",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseReference(s)
		m := reference.FindStringSubmatch(s)
		if wantOK := m != nil && len(s) <= MaxReferenceLength; wantOK != (err == nil) {
			t.Fatalf("ParseReference(%q) error = %v, the pattern matches: %v", s, err, wantOK)
		}
		if err != nil {
			return
		}
		if want := (Reference{Partition: m[1], Region: m[2], Account: m[3], Name: m[4], Qualifier: m[5]}); got != want {
			t.Errorf("ParseReference(%q) = %+v, the pattern says %+v", s, got, want)
		}
	})
}

func FuzzCheckQualifier(f *testing.F) {
	pattern := regexp.MustCompile(`^(?:\$(?:LATEST(?:\.PUBLISHED)?)|[a-zA-Z0-9_$-]+)$`)
	for _, s := range []string{"", "$LATEST", "$LATEST.PUBLISHED", "live", "1", "$latest", "a.b", "a b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := pattern.MatchString(s) && len(s) <= MaxQualifierLength
		if err := CheckQualifier(s); (err == nil) != want {
			t.Errorf("CheckQualifier(%q) = %v, the pattern says %v", s, err, want)
		}
	})
}
