package main

import (
	"bufio"
	"encoding/json"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// talker logs what its event says.
const talker = `talker.js|exports.handler = async (e) => { console.log("said " + e.text) }`

func TestLogs(t *testing.T) {
	t.Parallel()
	s := serve(t, folder(t, talker))
	logs := func(args ...string) result {
		return lambent(t, "", append([]string{"logs", "--endpoint", s.url}, args...)...)
	}
	if got := logs("talker"); got.code != 0 || got.out != "" {
		t.Errorf("before it was called: exit %d, %q, %s", got.code, got.out, got.err)
	}
	s.invoke("talker", `{"text":"one"}`)
	s.invoke("talker", `{"text":"two"}`)
	tests := []struct {
		name string
		args []string
		want []string // texts of lines, in order
	}{
		{"all lines, the platform's too", []string{"talker"}, []string{"INIT_START", "START", "said one", "END", "REPORT", "START", "said two", "END", "REPORT"}},
		{"a filter chooses lines", []string{"--filter", "said -two", "talker"}, []string{"said one"}},
		{"a name may have a qualifier", []string{"--since", "0", "--filter", "said", "talker:$LATEST"}, []string{"said one", "said two"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := logs(tc.args...)
			lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
			if got.code != 0 || len(lines) != len(tc.want) {
				t.Fatalf("exit %d, %s, prints\n%s", got.code, got.err, got.out)
			}
			for i, want := range tc.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("line %d is %q, want %q in it", i, lines[i], want)
				}
			}
		})
	}
	got := logs("--output", "json", "--filter", "said", "talker")
	first, _, _ := strings.Cut(got.out, "\n")
	var event struct {
		Message       string
		LogStreamName string
		Timestamp     int64
	}
	if err := json.Unmarshal([]byte(first), &event); err != nil || !strings.HasSuffix(event.Message, "said one\n") ||
		!strings.Contains(event.LogStreamName, "[$LATEST]") || event.Timestamp == 0 {
		t.Errorf("as JSON the first event is %s, %v", first, err)
	}
	if got := logs("nobody"); got.code != exitFailure || !strings.Contains(got.err, "ResourceNotFoundException") || !strings.Contains(got.err, "lambent list") {
		t.Errorf("a function that is not there: exit %d, %s", got.code, got.err)
	}
	if got := logs("--since", "-1s", "talker"); got.code != exitUsage {
		t.Errorf("a negative age: exit %d, %s", got.code, got.err)
	}
}

func TestLogsFollow(t *testing.T) {
	t.Parallel()
	s := serve(t, folder(t, talker))
	s.invoke("talker", `{"text":"1"}`)
	cmd := exec.CommandContext(t.Context(), binary, "logs", "-f", "--endpoint", s.url, "--filter", "said", "talker")
	var failed logBuffer
	cmd.Stderr = &failed
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for _, text := range []string{"1", "2", "3"} {
		line, err := lines.ReadString('\n')
		if err != nil || !strings.HasSuffix(line, "said "+text+"\n") {
			t.Fatalf("follows %q, %v, want what was said: %s; %s", line, err, text, failed.String())
		}
		next := string(text[0] + 1)
		s.invoke("talker", `{"text":"`+next+`"}`)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after an interrupt: %v, %s", err, failed.String())
	}
}

func TestLogsAreReadByTheAWSCommand(t *testing.T) {
	t.Parallel()
	aws, err := exec.LookPath("aws")
	if err != nil {
		t.Skip("there is no aws command")
	}
	s := serve(t, folder(t, talker))
	s.invoke("talker", `{"text":"hello"}`)
	cmd := exec.CommandContext(t.Context(), aws, "logs", "filter-log-events", "--endpoint-url", s.url, "--region", "us-east-1",
		"--log-group-name", "/aws/lambda/talker", "--filter-pattern", "said", "--query", "events[].message", "--output", "text")
	cmd.Env = append(cmd.Environ(), "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret")
	got, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(got), "said hello") {
		t.Errorf("aws logs prints %s, %v", got, err)
	}
}
