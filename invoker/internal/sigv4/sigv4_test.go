package sigv4

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// The suite that AWS publishes for those who implement the signature.
const (
	suiteID     = "AKIDEXAMPLE"
	suiteSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	suiteToken  = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"
	suiteScope  = suiteID + "/20150830/us-east-1/service/aws4_request"
	suiteDate   = "20150830T123600Z"
)

// header is a header line.
type header struct{ name, value string }

// request makes a Request of a target and headers.
func request(method, target, body string, headers ...header) *Request {
	path, query, _ := strings.Cut(target, "?")
	return &Request{Method: method, Path: path, Query: query, Body: []byte(body), Headers: func(yield func(string, string) bool) {
		for _, h := range headers {
			if !yield(h.name, h.value) {
				return
			}
		}
	}}
}

func at(t testing.TB, text string) func() time.Time {
	t.Helper()
	when, err := time.Parse(dateForm, text)
	if err != nil {
		t.Fatal(err)
	}
	return func() time.Time { return when }
}

func keys(t testing.TB, all ...Key) *Keys {
	t.Helper()
	set, err := NewKeys(all...)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestPublishedVectors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, method, target string
		headers              []header
		body                 string
		signed, signature    string
	}{
		{"get-vanilla", "GET", "/", nil, "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", nil, "", "host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
		{"get-vanilla-query-order-encoded", "GET", "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", nil, "", "host;x-amz-date", "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
		{"get-vanilla-query-unreserved", "GET", "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", nil, "", "host;x-amz-date", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
		{"get-vanilla-utf8-query", "GET", "/?ሴ=bar", nil, "", "host;x-amz-date", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
		{"get-unreserved", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", nil, "", "host;x-amz-date", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
		{"get-utf8", "GET", "/ሴ", nil, "", "host;x-amz-date", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
		{"get-space-normalized", "GET", "/example space/", nil, "", "host;x-amz-date", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
		{"get-slashes-normalized", "GET", "//example//", nil, "", "host;x-amz-date", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
		{"get-slash-pointless-dot-normalized", "GET", "/./example", nil, "", "host;x-amz-date", "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
		{"get-relative-relative-normalized", "GET", "/example1/example2/../..", nil, "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-header-key-duplicate", "GET", "/", []header{{"my-header1", "value2"}, {"my-header1", "value2"}, {"my-header1", "value1"}}, "", "host;my-header1;x-amz-date", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
		{"get-header-value-order", "GET", "/", []header{{"my-header1", "value4"}, {"my-header1", "value1"}, {"my-header1", "value3"}, {"my-header1", "value2"}}, "", "host;my-header1;x-amz-date", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
		{"get-header-value-trim", "GET", "/", []header{{"my-header1", " value1"}, {"my-header2", ` "a   b   c"`}}, "", "host;my-header1;my-header2;x-amz-date", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
		{"get-vanilla-with-session-token", "GET", "/", []header{{"x-amz-security-token", suiteToken}}, "", "host;x-amz-date;x-amz-security-token", "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"},
		{"post-vanilla", "POST", "/", nil, "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
		{"post-vanilla-query", "POST", "/?Param1=value1", nil, "", "host;x-amz-date", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
		{"post-header-key-sort", "POST", "/", []header{{"my-header1", "value1"}}, "", "host;my-header1;x-amz-date", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
		{"post-x-www-form-urlencoded", "POST", "/", []header{
			{"content-type", "application/x-www-form-urlencoded"}, {"content-length", "13"},
			{"x-amz-content-sha256", "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"},
		}, "Param1=value1", "content-length;content-type;host;x-amz-content-sha256;x-amz-date", "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			headers := append([]header{{"host", "example.amazonaws.com"}, {"x-amz-date", suiteDate}}, tc.headers...)
			headers = append(headers, header{"authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s, SignedHeaders=%s, Signature=%s", suiteScope, tc.signed, tc.signature)})
			key := Key{AccessKeyID: suiteID, SecretAccessKey: suiteSecret}
			if strings.Contains(tc.signed, "security-token") {
				key.SessionToken = suiteToken
			}
			v := &Verifier{Keys: keys(t, key), Now: at(t, suiteDate)}
			got, payload, err := v.Verify("service", request(tc.method, tc.target, tc.body, headers...))
			if err != nil || got.AccessKeyID != suiteID || string(payload) != tc.body {
				t.Errorf("got key %v, payload %q, error %v", got, payload, err)
			}
			if _, _, err := v.Verify("service", request(tc.method, tc.target, tc.body+"x", headers...)); err == nil {
				t.Error("a changed payload is accepted")
			}
		})
	}
}

func TestPublishedPresignedVectors(t *testing.T) {
	t.Parallel()
	const query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders="
	tests := []struct{ name, method, target string }{
		{"get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1&" + query + "host&X-Amz-Expires=3600&X-Amz-Signature=86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5"},
		{"get-utf8", "GET", "/ሴ?" + query + "host&X-Amz-Expires=3600&X-Amz-Signature=10eae3f14a260bd3911cc6d008d3c576d143b05b62f09782a7a4b37f52178e44"},
		{"get-vanilla-utf8-query", "GET", "/?ሴ=bar&" + query + "host&X-Amz-Expires=3600&X-Amz-Signature=0bdd809b1519ac4f0c1dc3540e2cc46bd0c7f778eda408b2ebf3b913d21ff600"},
		{"post-header-key-sort", "POST", "/?" + query + "host%3Bmy-header1&X-Amz-Expires=3600&X-Amz-Signature=c09d07e0d55871f10f2a6d350d994acf6825a3cae70673d7def55616e6119dd7"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := &Verifier{Keys: keys(t, Key{AccessKeyID: suiteID, SecretAccessKey: suiteSecret}), Now: at(t, "20150830T133559Z")}
			req := request(tc.method, tc.target, "", header{"host", "example.amazonaws.com"}, header{"my-header1", "value1"})
			if _, _, err := v.Verify("service", req); err != nil {
				t.Error(err)
			}
			v.Now = at(t, "20150830T133601Z")
			if _, _, err := v.Verify("service", req); err == nil || !strings.Contains(err.Error(), "Signature expired") {
				t.Errorf("after its hour: %v", err)
			}
		})
	}
}

// TestChunkedPayload is the example of the Amazon S3 API Reference.
func TestChunkedPayload(t *testing.T) {
	t.Parallel()
	chunk := func(data, signature string) string {
		return fmt.Sprintf("%x;chunk-signature=%s\r\n%s\r\n", len(data), signature, data)
	}
	large, small := strings.Repeat("a", 65536), strings.Repeat("a", 1024)
	body := chunk(large, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648") +
		chunk(small, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497") +
		chunk("", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9")
	headers := []header{
		{"host", "s3.amazonaws.com"}, {"x-amz-date", "20130524T000000Z"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
		{"x-amz-content-sha256", streaming}, {"content-encoding", "aws-chunked"}, {"x-amz-decoded-content-length", "66560"}, {"content-length", "66824"},
		{"authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request," +
			"SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class," +
			"Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"},
	}
	v := &Verifier{
		Keys: keys(t, Key{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}),
		Now:  at(t, "20130524T000100Z"),
	}
	_, payload, err := v.Verify("s3", request("PUT", "/examplebucket/chunkObject.txt", body, headers...))
	if err != nil || string(payload) != large+small {
		t.Fatalf("%d bytes, %v", len(payload), err)
	}
	for name, broken := range map[string]string{
		"a changed chunk":    strings.Replace(body, "aaa\r\n400;", "aab\r\n400;", 1),
		"a chunk left out":   body[:len(large)+90] + body[len(large)+90+len(small)+90:],
		"no last chunk":      body[:len(body)-88],
		"a length that lies": strings.Replace(body, "10000;", "fffff;", 1),
		"no chunks at all":   large,
		"nothing":            "",
	} {
		if _, _, err := v.Verify("s3", request("PUT", "/examplebucket/chunkObject.txt", broken, headers...)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// signed signs a request as the AWS SDK does, and returns it as it arrives.
func signed(t testing.TB, method, target, body string, when time.Time, creds aws.Credentials) (*http.Request, *Request) {
	t.Helper()
	hreq, err := http.NewRequestWithContext(context.Background(), method, "http://127.0.0.1:9000"+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	hreq.Header.Set("Content-Type", "application/json")
	if err := v4.NewSigner().SignHTTP(context.Background(), creds, hreq, hexHash([]byte(body)), "lambda", "eu-west-1", when); err != nil {
		t.Fatal(err)
	}
	return hreq, arrived(hreq, body)
}

func arrived(hreq *http.Request, body string) *Request {
	return &Request{Method: hreq.Method, Path: hreq.URL.EscapedPath(), Query: hreq.URL.RawQuery, Body: []byte(body), Headers: func(yield func(string, string) bool) {
		if !yield("host", hreq.URL.Host) {
			return
		}
		if !yield("content-length", fmt.Sprint(len(body))) {
			return
		}
		for name, values := range hreq.Header {
			for _, value := range values {
				if !yield(strings.ToLower(name), value) {
					return
				}
			}
		}
	}}
}

func TestRequestsOfTheSDKAreVerifiedAndForgedOnesAreNot(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	creds := aws.Credentials{AccessKeyID: "AKIATEST", SecretAccessKey: "secret", SessionToken: "token"}
	v := &Verifier{
		Now:  func() time.Time { return now },
		Keys: keys(t, Key{AccessKeyID: "AKIATEST", SecretAccessKey: "secret", SessionToken: "token"}, Key{AccessKeyID: "AKIAOTHER", SecretAccessKey: "other"}),
	}
	const target = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Ahello/invocations?Qualifier=%24LATEST"
	if _, req := signed(t, "POST", target, `{"a":1}`, now, creds); true {
		key, payload, err := v.Verify("lambda", req)
		if err != nil || key.UserName != "AKIATEST" || string(payload) != `{"a":1}` {
			t.Fatalf("%v, %q, %v", key, payload, err)
		}
	}
	const (
		invalid      = "InvalidSignatureException"
		incompleteIs = "IncompleteSignatureException"
		unrecognized = "UnrecognizedClientException"
	)
	tests := []struct {
		name, code, text string
		when             time.Time
		creds            aws.Credentials
		tamper           func(*http.Request, *string)
	}{
		{name: "another secret", code: invalid, text: "does not match", creds: aws.Credentials{AccessKeyID: "AKIATEST", SecretAccessKey: "wrong", SessionToken: "token"}},
		{name: "an unknown key", code: unrecognized, creds: aws.Credentials{AccessKeyID: "AKIANOBODY", SecretAccessKey: "secret"}},
		{name: "a wrong token", code: unrecognized, creds: aws.Credentials{AccessKeyID: "AKIATEST", SecretAccessKey: "secret", SessionToken: "stolen"}},
		{name: "no token", code: unrecognized, creds: aws.Credentials{AccessKeyID: "AKIATEST", SecretAccessKey: "secret"}},
		{name: "too old, as when replayed", code: invalid, text: "Signature expired: 20260102T025804Z is now earlier than 20260102T025905Z (20260102T030405Z - 5 min.)", when: now.Add(-6*time.Minute - time.Second)},
		{name: "of the future", code: invalid, text: "Signature not yet current", when: now.Add(5*time.Minute + time.Second)},
		{name: "another body", code: invalid, text: "x-amz-content-sha256", tamper: func(r *http.Request, body *string) {
			r.Header.Set("X-Amz-Content-Sha256", hexHash([]byte(*body)))
			*body = `{"a":2}`
		}},
		{name: "another path", code: invalid, tamper: func(r *http.Request, _ *string) { r.URL.RawPath = "/2015-03-31/functions/other/invocations" }},
		{name: "another method", code: invalid, tamper: func(r *http.Request, _ *string) { r.Method = "DELETE" }},
		{name: "another query", code: invalid, tamper: func(r *http.Request, _ *string) { r.URL.RawQuery = "Qualifier=prod" }},
		{name: "another header", code: invalid, tamper: func(r *http.Request, _ *string) { r.Header.Set("Content-Type", "text/plain") }},
		{name: "a second value of a signed header", code: invalid, tamper: func(r *http.Request, _ *string) { r.Header.Add("X-Amz-Date", "20260102T030405Z") }},
		{name: "no signature", code: "MissingAuthenticationTokenException", tamper: func(r *http.Request, _ *string) { r.Header.Del("Authorization") }},
		{name: "two signatures", code: incompleteIs, tamper: func(r *http.Request, _ *string) { r.Header.Add("Authorization", r.Header.Get("Authorization")) }},
		{name: "another scheme", code: incompleteIs, text: "'Bearer'", tamper: func(r *http.Request, _ *string) { r.Header.Set("Authorization", "Bearer x") }},
		{name: "no credential", code: incompleteIs, text: "'Credential'", tamper: edit("Credential=", "Cred=")},
		{name: "a short scope", code: incompleteIs, text: "5 slash-delimited", tamper: edit("/eu-west-1/lambda", "/lambda")},
		{name: "another service", code: invalid, text: "correct service: 'lambda'", tamper: edit("/lambda/", "/s3/")},
		{name: "another region", code: invalid, tamper: edit("/eu-west-1/", "/us-east-1/")},
		{name: "another day", code: invalid, text: "Date in Credential scope", tamper: edit("/20260102/", "/20260101/")},
		{name: "the host left out", code: invalid, text: "'Host'", tamper: edit(";host;", ";")},
		{name: "a date that is none", code: incompleteIs, text: "ISO-8601", tamper: func(r *http.Request, _ *string) { r.Header.Set("X-Amz-Date", "today") }},
		{name: "no date", code: incompleteIs, text: "'X-Amz-Date'", tamper: func(r *http.Request, _ *string) { r.Header.Del("X-Amz-Date") }},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if tc.when.IsZero() {
				tc.when = now
			}
			if tc.creds.AccessKeyID == "" {
				tc.creds = creds
			}
			body := `{"a":1}`
			hreq, _ := signed(t, "POST", target, body, tc.when, tc.creds)
			if tc.tamper != nil {
				tc.tamper(hreq, &body)
			}
			_, _, err := v.Verify("lambda", arrived(hreq, body))
			var refusal *Error
			if !errors.As(err, &refusal) || refusal.Code != tc.code || !strings.Contains(refusal.Message, tc.text) {
				t.Errorf("got %v, want %s with %q", err, tc.code, tc.text)
			}
		})
	}
}

func edit(old, now string) func(*http.Request, *string) {
	return func(r *http.Request, _ *string) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, now, 1))
	}
}

func TestPresignedByTheSDK(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	hreq, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:9000/2015-03-31/functions/hello?X-Amz-Expires=60", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	target, _, err := v4.NewSigner().PresignHTTP(t.Context(), aws.Credentials{AccessKeyID: "A", SecretAccessKey: "s"}, hreq, hexHash(nil), "lambda", "eu-west-1", now)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(target, "127.0.0.1:9000")
	v := &Verifier{Now: func() time.Time { return now.Add(59 * time.Second) }, Keys: keys(t, Key{AccessKeyID: "A", SecretAccessKey: "s"})}
	if _, _, err := v.Verify("lambda", request("GET", rest, "", header{"host", "127.0.0.1:9000"})); err != nil {
		t.Error(err)
	}
	v.Now = func() time.Time { return now.Add(61 * time.Second) }
	if _, _, err := v.Verify("lambda", request("GET", rest, "", header{"host", "127.0.0.1:9000"})); err == nil {
		t.Error("an expired request is accepted")
	}
	if _, _, err := v.Verify("lambda", request("GET", strings.Replace(rest, "X-Amz-Expires=60", "X-Amz-Expires=6000000", 1), "", header{"host", "127.0.0.1:9000"})); err == nil {
		t.Error("a life of more than a week is accepted")
	}
}

func TestKeysAllowWhatTheyList(t *testing.T) {
	t.Parallel()
	const hello = "arn:aws:lambda:us-east-1:000000000000:function:hello"
	tests := []struct {
		name             string
		key              Key
		action, resource string
		want             bool
	}{
		{"a key without lists may do everything", Key{}, "lambda:DeleteFunction", hello, true},
		{"a listed action", Key{Allow: []string{"lambda:InvokeFunction"}}, "lambda:InvokeFunction", hello, true},
		{"an action in other letters", Key{Allow: []string{"Lambda:invokefunction"}}, "lambda:InvokeFunction", hello, true},
		{"an action that is not listed", Key{Allow: []string{"lambda:InvokeFunction"}}, "lambda:DeleteFunction", hello, false},
		{"a pattern of actions", Key{Allow: []string{"lambda:Get*", "lambda:List*"}}, "lambda:ListFunctions", "", true},
		{"a listed resource", Key{Resources: []string{"*:function:he*"}}, "lambda:InvokeFunction", hello, true},
		{"another resource", Key{Resources: []string{"*:function:bye"}}, "lambda:InvokeFunction", hello, false},
		{"an action without a resource", Key{Resources: []string{"*:function:bye"}}, "lambda:ListFunctions", "", true},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.key.Allows(tc.action, tc.resource); got != tc.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestKeyFilesAreReadOrRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"one key", `[{"AccessKeyId":"A","SecretAccessKey":"s","UserName":"ci","Allow":["lambda:*"]}]`, ""},
		{"no JSON", `AKIA secret`, "JSON array"},
		{"not an array", `{"AccessKeyId":"A"}`, "JSON array"},
		{"an unknown member", `[{"AccessKeyId":"A","SecretAccessKey":"s","Alow":["x"]}]`, "Alow"},
		{"a key without a secret", `[{"AccessKeyId":"A"}]`, "SecretAccessKey"},
		{"the same key twice", `[{"AccessKeyId":"A","SecretAccessKey":"s"},{"AccessKeyId":"A","SecretAccessKey":"t"}]`, "twice"},
		{"a broken pattern", `[{"AccessKeyId":"A","SecretAccessKey":"s","Allow":["lambda:["]}]`, "pattern"},
		{"no keys", `[]`, "no keys"},
		{"something behind", `[{"AccessKeyId":"A","SecretAccessKey":"s"}] x`, "behind"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			name := filepath.Join(t.TempDir(), "keys.json")
			if err := os.WriteFile(name, []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			set, err := ReadKeys(name)
			switch {
			case tc.want == "" && (err != nil || set.find("A") == nil):
				t.Errorf("got %v", err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("got %v, want an error with %q", err, tc.want)
			}
		})
	}
}

// FuzzVerify looks for panics, and for requests that pass without the secret.
func FuzzVerify(f *testing.F) {
	f.Add("GET", "/?a=b", "AWS4-HMAC-SHA256 Credential="+suiteScope+", SignedHeaders=host, Signature=00", suiteDate, "body", streaming)
	f.Add("POST", "/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0", "", "", "5;chunk-signature=0\r\nhello\r\n", "")
	f.Fuzz(func(t *testing.T, method, target, authorization, date, body, hash string) {
		v := &Verifier{Keys: keys(t, Key{AccessKeyID: suiteID, SecretAccessKey: suiteSecret}), Now: at(t, suiteDate)}
		headers := []header{{"host", "h"}, {"x-amz-date", date}}
		if authorization != "" {
			headers = append(headers, header{"authorization", authorization})
		}
		if hash != "" {
			headers = append(headers, header{"x-amz-content-sha256", hash})
		}
		if _, _, err := v.Verify("service", request(method, target, body, headers...)); err == nil {
			t.Error("a request passes that nobody signed")
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	_, req := signed(b, "POST", "/2015-03-31/functions/hello/invocations", `{"name":"Ada"}`, now, aws.Credentials{AccessKeyID: "A", SecretAccessKey: "s"})
	v := &Verifier{Now: func() time.Time { return now }, Keys: keys(b, Key{AccessKeyID: "A", SecretAccessKey: "s"})}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := v.Verify("lambda", req); err != nil {
			b.Fatal(err)
		}
	}
}
