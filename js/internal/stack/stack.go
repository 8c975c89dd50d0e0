// Package stack rewrites goja's stack traces as V8 writes them, so that what
// handlers log, parse and report looks as it does on Lambda.
package stack

import (
	"strconv"
	"strings"
)

// Limit is V8's default for Error.stackTraceLimit: the frames that a trace
// shows.
const Limit = 10

// Frame is one line of a trace.
type Frame struct {
	// Func is the name of the function, empty if it has none.
	Func string
	// File is empty for functions of the language itself.
	File string
	// Line and Column count from 1; they are 0 if File is empty.
	Line, Column int
}

// String returns the frame as V8 writes it after "    at ".
func (f Frame) String() string {
	where := "<anonymous>"
	if f.File != "" {
		where = f.File + ":" + strconv.Itoa(f.Line) + ":" + strconv.Itoa(f.Column)
		if f.Func == "" {
			return where
		}
	}
	if f.Func == "" {
		return where
	}
	return f.Func + " (" + where + ")"
}

// IsRaw reports whether text is a stack as goja writes it.
func IsRaw(text string) bool {
	if !strings.HasSuffix(text, "\n") {
		return false
	}
	last := text[:len(text)-1]
	if i := strings.LastIndexByte(last, '\n'); i >= 0 {
		last = last[i+1:]
	}
	return strings.HasPrefix(last, "\tat ")
}

// V8 returns goja's stack text as V8 would have written it: the same head, and
// at most Limit frames. A text that is no goja stack is returned as it is.
func V8(text string) string {
	if !IsRaw(text) {
		return text
	}
	head, frames := Parse(text)
	return Format(head, frames)
}

// Format writes a trace of at most Limit frames below head.
func Format(head string, frames []Frame) string {
	var b strings.Builder
	b.WriteString(head)
	for _, f := range frames[:min(len(frames), Limit)] {
		b.WriteString("\n    at ")
		b.WriteString(f.String())
	}
	return b.String()
}

// Parse splits goja's stack text into its head, usually "Name: message", and
// its frames, the innermost first.
func Parse(text string) (head string, frames []Frame) {
	head = strings.TrimSuffix(text, "\n")
	var lines []string
	for {
		i := strings.LastIndexByte(head, '\n')
		if i < 0 || !strings.HasPrefix(head[i+1:], "\tat ") {
			break
		}
		lines = append(lines, head[i+len("\n\tat "):])
		head = head[:i]
	}
	frames = make([]Frame, 0, len(lines))
	for i := len(lines) - 1; i >= 0; i-- {
		frames = append(frames, parseFrame(lines[i]))
	}
	return head, frames
}

// parseFrame reads "fn (file:line:column(pc))", "file:line:column(pc)",
// "fn (native)" or "native".
func parseFrame(line string) Frame {
	var f Frame
	where := line
	if strings.HasSuffix(line, "(native)") {
		f.Func, where = strings.TrimSuffix(strings.TrimSuffix(line, "(native)"), " "), "native"
	} else if strings.HasSuffix(line, "))") {
		if i := strings.LastIndex(line, " ("); i >= 0 {
			f.Func, where = line[:i], line[i+2:len(line)-1]
		}
	}
	if where == "native" {
		if class, ok := nativeClass[f.Func]; ok {
			f.Func = class + "." + f.Func
		}
		return f
	}
	if i := strings.LastIndexByte(where, '('); i >= 0 {
		where = where[:i]
	}
	where, f.Column = cutNumber(where)
	f.File, f.Line = cutNumber(where)
	return f
}

// cutNumber splits "x:12" into "x" and 12.
func cutNumber(s string) (string, int) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0
	}
	n, err := strconv.Atoi(s[i+1:])
	if err != nil {
		return s, 0
	}
	return s[:i], n
}

// nativeClass names what V8 writes before the names of built-in functions that
// call back into user code or often throw.
var nativeClass = func() map[string]string {
	m := map[string]string{"parse": "JSON", "stringify": "JSON", "replace": "String", "replaceAll": "String", "repeat": "String",
		"all": "Promise", "allSettled": "Promise", "any": "Promise", "race": "Promise", "fromEntries": "Object", "entries": "Object",
		"defineProperty": "Function", "apply": "Reflect", "construct": "Reflect"}
	for _, name := range []string{"forEach", "map", "filter", "reduce", "reduceRight", "some", "every", "find", "findIndex",
		"findLast", "findLastIndex", "sort", "toSorted", "flatMap", "from", "push", "splice"} {
		m[name] = "Array"
	}
	return m
}()
