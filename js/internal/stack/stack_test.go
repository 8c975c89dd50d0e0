package stack

import "testing"

func TestV8(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{
			name: "frames are indented and lose goja's program counter",
			in:   "Error: in map\n\tat /var/task/x.js:36:28(3)\n\tat map (native)\n\tat f (/var/task/x.js:36:16(562))\n",
			want: "Error: in map\n    at /var/task/x.js:36:28\n    at Array.map (<anonymous>)\n    at f (/var/task/x.js:36:16)",
		},
		{
			name: "a message may have several lines",
			in:   "Error: a\n  at b\n\tat native\n",
			want: "Error: a\n  at b\n    at <anonymous>",
		},
		{
			name: "a stack that is V8's already stays",
			in:   "Error: a\n    at x (y:1:2)",
			want: "Error: a\n    at x (y:1:2)",
		},
		{
			name: "function names may have spaces and brackets",
			in:   "E\n\tat get x (y) (/a b.js:1:2(3))\n",
			want: "E\n    at get x (y) (/a b.js:1:2)",
		},
		{
			name: "text that the guest chose stays",
			in:   "no trace\n",
			want: "no trace\n",
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := V8(tc.in); got != tc.want {
				t.Errorf("V8(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func TestV8KeepsTenFrames(t *testing.T) {
	t.Parallel()
	in := "Error: deep\n"
	for range 25 {
		in += "\tat f (/x.js:1:1(1))\n"
	}
	_, frames := Parse(in)
	if len(frames) != 25 {
		t.Fatalf("Parse found %d frames, want 25", len(frames))
	}
	want := "Error: deep"
	for range Limit {
		want += "\n    at f (/x.js:1:1)"
	}
	if got := V8(in); got != want {
		t.Errorf("V8 = %q, want %q", got, want)
	}
}
