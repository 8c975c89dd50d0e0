package registry

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestStatementHasTheTextOfAWS(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:f:live"
	tests := []struct {
		name, principal string
		condition       Condition
		want            string
	}{
		{
			name: "a service with account and source", principal: "s3.amazonaws.com",
			condition: Condition{StringEquals: &StringEquals{SourceAccount: "123456789012"}, ArnLike: &ArnLike{SourceARN: "arn:aws:s3:::b<&>"}},
			want:      `"Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"` + arn + `","Condition":{"StringEquals":{"AWS:SourceAccount":"123456789012"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b<&>"}}}`,
		},
		{
			name: "everybody of an organization", principal: "*",
			condition: Condition{StringEquals: &StringEquals{PrincipalOrgID: "o-1234567890"}, ArnLike: &ArnLike{}, Bool: &Bool{}},
			want:      `"Principal":"*","Action":"lambda:InvokeFunction","Resource":"` + arn + `","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}}`,
		},
		{
			name: "an account stands for its root", principal: "123456789012",
			want: `"Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"lambda:InvokeFunction","Resource":"` + arn + `"}`,
		},
		{
			name: "a role", principal: "arn:aws:iam::123456789012:role/r",
			condition: Condition{Bool: &Bool{InvokedViaFunctionURL: "true"}},
			want:      `"Principal":{"AWS":"arn:aws:iam::123456789012:role/r"},"Action":"lambda:InvokeFunction","Resource":"` + arn + `","Condition":{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}}`,
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			principal, err := parsePrincipal(tc.principal, "aws")
			if err != nil {
				t.Fatal(err)
			}
			s := Statement{Sid: "s", Effect: "Allow", Principal: principal, Action: "lambda:InvokeFunction", Condition: tc.condition.compact()}
			got, want := s.text(arn), `{"Sid":"s","Effect":"Allow",`+tc.want
			if got != want {
				t.Errorf("statement\n%s, want\n%s", got, want)
			}
			var back Statement
			if err := json.Unmarshal([]byte(got), &back); err != nil || back.text(arn) != want {
				t.Errorf("read back: %v\n%s", err, back.text(arn))
			}
		})
	}
}

func TestPrincipalsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, principal := range []string{"", "1234", "example.com", "s3", "arn:aws:s3:::bucket", "arn:aws:iam::1:root", "evil.amazonaws.com.example.org"} {
		var e *Error
		if _, err := parsePrincipal(principal, "aws"); !errors.As(err, &e) || e.Kind != InvalidParameter {
			t.Errorf("parsePrincipal(%q) = %v, want an invalid parameter", principal, err)
		}
	}
}

func TestStatementAllows(t *testing.T) {
	t.Parallel()
	const invoke = "lambda:InvokeFunction"
	s3 := Principal{Service: "s3.amazonaws.com"}
	bucket := &Condition{ArnLike: &ArnLike{SourceARN: "arn:aws:s3:::in-*"}, StringEquals: &StringEquals{SourceAccount: "123456789012"}}
	tests := []struct {
		name   string
		s      Statement
		access Access
		want   bool
	}{
		{"everybody may", Statement{Action: invoke}, Access{Action: invoke}, true},
		{"another action is not granted", Statement{Action: invoke}, Access{Action: "lambda:GetFunction"}, false},
		{"case does not count in actions", Statement{Action: "lambda:invokeFUNCTION"}, Access{Action: invoke}, true},
		{"all of a service", Statement{Action: "lambda:*"}, Access{Action: invoke}, true},
		{"all of another service is not ours", Statement{Action: "lambda:*"}, Access{Action: "s3:GetObject"}, false},
		{"everything", Statement{Action: "*"}, Access{Action: invoke}, true},
		{"a service for itself", Statement{Action: invoke, Principal: s3}, Access{Action: invoke, Service: "s3.amazonaws.com"}, true},
		{"another service", Statement{Action: invoke, Principal: s3}, Access{Action: invoke, Service: "sns.amazonaws.com"}, false},
		{"an identity is no service", Statement{Action: invoke, Principal: s3}, Access{Action: invoke, Identity: "arn:aws:iam::123456789012:user/u", Account: "123456789012"}, false},
		{
			"the account covers its identities", Statement{Action: invoke, Principal: Principal{AWS: "arn:aws:iam::123456789012:root"}},
			Access{Action: invoke, Identity: "arn:aws:iam::123456789012:user/u", Account: "123456789012"}, true,
		},
		{
			"and no other account's", Statement{Action: invoke, Principal: Principal{AWS: "arn:aws:iam::123456789012:root"}},
			Access{Action: invoke, Identity: "arn:aws:iam::999999999999:user/u", Account: "999999999999"}, false,
		},
		{
			"one identity is not another of its account", Statement{Action: invoke, Principal: Principal{AWS: "arn:aws:iam::123456789012:user/a"}},
			Access{Action: invoke, Identity: "arn:aws:iam::123456789012:user/b", Account: "123456789012"}, false,
		},
		{
			"conditions that hold", Statement{Action: invoke, Principal: s3, Condition: bucket},
			Access{Action: invoke, Service: "s3.amazonaws.com", SourceARN: "arn:aws:s3:::in-box", SourceAccount: "123456789012"}, true,
		},
		{
			"a source that differs", Statement{Action: invoke, Principal: s3, Condition: bucket},
			Access{Action: invoke, Service: "s3.amazonaws.com", SourceARN: "arn:aws:s3:::out", SourceAccount: "123456789012"}, false,
		},
		{
			"a condition on what is not known fails", Statement{Action: invoke, Principal: s3, Condition: bucket},
			Access{Action: invoke, Service: "s3.amazonaws.com", SourceARN: "arn:aws:s3:::in-box"}, false,
		},
		{
			"a function URL of the right kind", Statement{Action: "lambda:InvokeFunctionUrl", Condition: &Condition{StringEquals: &StringEquals{FunctionURLAuthType: "NONE"}}},
			Access{Action: "lambda:InvokeFunctionUrl", FunctionURLAuthType: "NONE"}, true,
		},
		{
			"not through a function URL", Statement{Action: invoke, Condition: &Condition{Bool: &Bool{InvokedViaFunctionURL: "true"}}},
			Access{Action: invoke}, false,
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.s.Effect = "Allow"
			if got := tc.s.allows(tc.access); got != tc.want {
				t.Errorf("allows = %v, want %v", got, tc.want)
			}
		})
	}
}

func TestWildcardsOfARNs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, pattern, arn string
		want               bool
	}{
		{"the same", "arn:aws:s3:::b", "arn:aws:s3:::b", true},
		{"a star for any text", "arn:aws:sns:*:*:t*c", "arn:aws:sns:us-east-1:123456789012:topic", true},
		{"a star for no text", "arn:aws:s3:::b*", "arn:aws:s3:::b", true},
		{"a star does not reach over a part", "arn:*:b", "arn:aws:s3:::b", false},
		{"but over colons of the last", "arn:aws:x:::a*z", "arn:aws:x:::a:b:z", true},
		{"a question mark for one character", "arn:aws:s3:::b?", "arn:aws:s3:::b1", true},
		{"and not for none", "arn:aws:s3:::b?", "arn:aws:s3:::b", false},
		{"no ARN", "arn:aws:s3:::*", "", false},
		{"many stars are no trap", "arn:aws:s3:::" + strings.Repeat("*a", 200) + "b", "arn:aws:s3:::" + strings.Repeat("a", 5000), false},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := arnLike(tc.pattern, tc.arn); got != tc.want {
				t.Errorf("arnLike(%q, %q) = %v, want %v", tc.pattern, tc.arn, got, tc.want)
			}
		})
	}
}
