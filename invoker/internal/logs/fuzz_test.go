package logs

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/lambent-run/lambent/invoker/internal/api"
)

func FuzzServe(f *testing.F) {
	for operation, body := range map[string]string{
		"FilterLogEvents":    `{"logGroupName":"/aws/lambda/hello","filterPattern":"?a -\"b c\" %d+%","nextToken":"e/3","limit":2,"startTime":1}`,
		"GetLogEvents":       `{"logGroupIdentifier":"arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/hello:*","logStreamName":"a","nextToken":"b/5"}`,
		"DescribeLogGroups":  `{"logGroupNamePattern":"LAM","limit":1,"nextToken":"YQ"}`,
		"DescribeLogStreams": `{"logGroupName":"/aws/lambda/hello","orderBy":"LastEventTime","descending":true}`,
		"PutLogEvents":       `null`,
	} {
		f.Add(operation, []byte(body))
	}
	s, err := NewStore(Config{})
	if err != nil {
		f.Fatal(err)
	}
	for i := range 10 {
		log(s, hello, string(rune('a'+i%2)), int64(1000+i), "text \xff of an event\n")
	}
	a := NewAPI(s)
	f.Fuzz(func(t *testing.T, operation string, body []byte) {
		res := a.Serve(t.Context(), &api.Request{
			Method: "POST", Path: "/", Body: body, Region: "us-east-1", Account: "000000000000",
			Header: func(string) string { return target + operation },
		})
		if res.Status != 200 && res.Status != 400 || !json.Valid(res.Body) || !utf8.Valid(res.Body) {
			t.Errorf("%s %q answered %d %q", operation, body, res.Status, res.Body)
		}
	})
}
