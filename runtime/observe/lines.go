package observe

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// Lines writes the platform's log lines about one function version, in the text
// or the JSON format of Lambda. Each method appends whole lines to dst.
type Lines struct {
	Function, Version, ARN string
	// Runtime is the runtime identifier, "nodejs20.x", Region the Region in the
	// runtime version's ARN.
	Runtime, Region string
	// MemorySize is the function's memory in MB.
	MemorySize int
	// JSON selects the JSON format, Level the lowest level that is written in it:
	// DEBUG, INFO or WARN.
	JSON  bool
	Level string
	// Provisioned says that environments are made ahead.
	Provisioned bool
}

// Report is what END and REPORT lines tell.
type Report struct {
	RequestID, TraceID      string
	Status                  Status
	ErrorType, ErrorMessage string
	// Duration is the time that the handler took, Init that of the init phase if
	// this is the first invocation of its isolate.
	Duration, Init time.Duration
	Cold           bool
	// ResponseBytes is the size of the answer, MaxMemory in bytes what the
	// isolate has used.
	ResponseBytes int
	MaxMemory     int64
}

// level says whether JSON lines of a level are written.
func (l *Lines) level(name string) bool {
	rank := func(s string) int {
		switch s {
		case "DEBUG":
			return 0
		case "WARN":
			return 2
		}
		return 1
	}
	return rank(name) >= rank(l.Level)
}

// InitStart is written before an init phase.
func (l *Lines) InitStart(dst []byte, now time.Time, stream string) []byte {
	if l.JSON {
		return l.record(dst, now, "INFO", "platform.initStart", initStart{
			l.initialization(), "init", l.Runtime, l.runtimeARN(), l.Function, l.Version, stream, l.MemorySize << 20,
		})
	}
	dst = append(dst, "INIT_START Runtime Version: "...)
	dst = append(dst, l.Runtime...)
	dst = append(dst, "\tRuntime Version ARN: "...)
	dst = append(dst, l.runtimeARN()...)
	return append(dst, '\n')
}

// InitReport is written after an init phase that failed, and in JSON after
// each. phase is "init", or "invoke" if it ran within an invocation.
func (l *Lines) InitReport(dst []byte, now time.Time, phase string, status Status, errorType string, took time.Duration) []byte {
	if l.JSON {
		return l.record(dst, now, "INFO", "platform.initReport", initReport{
			l.initialization(), phase, status, errorType, initMetrics{millis(took)},
		})
	}
	if status == Success {
		return dst
	}
	dst = append(dst, "INIT_REPORT Init Duration: "...)
	dst = appendMillis(dst, took)
	dst = append(dst, " ms\tPhase: "...)
	dst = append(dst, phase...)
	dst = appendStatus(dst, status, errorType)
	return append(dst, '\n')
}

// Start is written before the handler runs.
func (l *Lines) Start(dst []byte, now time.Time, requestID string) []byte {
	if l.JSON {
		return l.record(dst, now, "INFO", "platform.start", start{requestID, l.ARN, l.Version})
	}
	dst = append(dst, "START RequestId: "...)
	dst = append(dst, requestID...)
	dst = append(dst, " Version: "...)
	dst = append(dst, l.Version...)
	return append(dst, '\n')
}

// TimedOut is written when an invocation outlived its timeout.
func (l *Lines) TimedOut(dst []byte, now time.Time, requestID string, timeout time.Duration) []byte {
	if l.JSON {
		return dst // platform.report says it
	}
	dst = now.UTC().AppendFormat(dst, timeFormat)
	dst = append(dst, ' ')
	dst = append(dst, requestID...)
	dst = append(dst, " Task timed out after "...)
	dst = strconv.AppendFloat(dst, timeout.Seconds(), 'f', 2, 64)
	return append(dst, " seconds\n\n"...)
}

// Crashed is written when the guest ended its process. message is that of the
// error that the caller gets.
func (l *Lines) Crashed(dst []byte, message, errorType string) []byte {
	if l.JSON {
		return dst // platform.report says it
	}
	dst = append(dst, message...)
	dst = append(dst, '\n')
	dst = append(dst, errorType...)
	return append(dst, '\n')
}

// End is END and REPORT, or in JSON platform.runtimeDone and platform.report.
func (l *Lines) End(dst []byte, now time.Time, r *Report) []byte {
	if l.JSON {
		return l.endJSON(dst, now, r)
	}
	dst = append(dst, "END RequestId: "...)
	dst = append(dst, r.RequestID...)
	dst = append(dst, "\nREPORT RequestId: "...)
	dst = append(dst, r.RequestID...)
	dst = append(dst, "\tDuration: "...)
	dst = appendMillis(dst, r.Duration)
	dst = append(dst, " ms\tBilled Duration: "...)
	dst = strconv.AppendInt(dst, billed(r.Duration), 10)
	dst = append(dst, " ms\tMemory Size: "...)
	dst = strconv.AppendInt(dst, int64(l.MemorySize), 10)
	dst = append(dst, " MB\tMax Memory Used: "...)
	dst = strconv.AppendInt(dst, megabytes(r.MaxMemory), 10)
	dst = append(dst, " MB"...)
	if r.Cold {
		dst = append(dst, "\tInit Duration: "...)
		dst = appendMillis(dst, r.Init)
		dst = append(dst, " ms"...)
	}
	if r.Status == Timeout || r.Status == Error {
		dst = appendStatus(dst, r.Status, r.ErrorType)
		return append(dst, '\n')
	}
	return append(dst, "\t\n"...)
}

func (l *Lines) endJSON(dst []byte, now time.Time, r *Report) []byte {
	level := "DEBUG"
	if r.Status != Success {
		level = "WARN"
	}
	errorType := r.ErrorType
	if r.Status == Timeout {
		errorType = ""
	}
	dst = l.record(dst, now, level, "platform.runtimeDone", runtimeDone{
		r.RequestID, r.Status, errorType, doneMetrics{millis(r.Duration), r.ResponseBytes},
	})
	m := reportMetrics{millis(r.Duration), billed(r.Duration), l.MemorySize, megabytes(r.MaxMemory), nil}
	if r.Cold {
		ms := millis(r.Init)
		m.Init = &ms
	}
	return l.record(dst, now, "INFO", "platform.report", report{r.RequestID, r.Status, errorType, m})
}

const timeFormat = "2006-01-02T15:04:05.000Z"

// record appends one JSON line.
func (l *Lines) record(dst []byte, now time.Time, level, kind string, record any) []byte {
	if !l.level(level) {
		return dst
	}
	line, err := json.Marshal(struct {
		Time   string `json:"time"`
		Type   string `json:"type"`
		Record any    `json:"record"`
	}{now.UTC().Format(timeFormat), kind, record})
	if err != nil {
		return dst // not with these types
	}
	return append(append(dst, line...), '\n')
}

func (l *Lines) initialization() string {
	if l.Provisioned {
		return "provisioned-concurrency"
	}
	return "on-demand"
}

// runtimeARN names the runtime's version. Lambda puts a hash there; here it is
// the identifier, since there is one version of it.
func (l *Lines) runtimeARN() string {
	return "arn:aws:lambda:" + l.Region + "::runtime:" + l.Runtime
}

func appendStatus(dst []byte, status Status, errorType string) []byte {
	dst = append(dst, "\tStatus: "...)
	dst = append(dst, status...)
	if status == Error && errorType != "" {
		dst = append(dst, "\tError Type: "...)
		dst = append(dst, errorType...)
	}
	return dst
}

// appendMillis appends d in milliseconds with two decimals.
func appendMillis(dst []byte, d time.Duration) []byte {
	return strconv.AppendFloat(dst, float64(d)/1e6, 'f', 2, 64)
}

func millis(d time.Duration) float64 { return math.Round(float64(d)/1e3) / 1e3 }

// billed rounds up to whole milliseconds; there is always one.
func billed(d time.Duration) int64 {
	return max(1, int64((d+time.Millisecond-1)/time.Millisecond))
}

// megabytes rounds up; a function that runs uses one.
func megabytes(n int64) int64 { return max(1, (n+1<<20-1)>>20) }

type (
	initStart struct {
		Initialization string `json:"initializationType"`
		Phase          string `json:"phase"`
		RuntimeVersion string `json:"runtimeVersion"`
		RuntimeARN     string `json:"runtimeVersionArn"`
		Function       string `json:"functionName"`
		Version        string `json:"functionVersion"`
		Instance       string `json:"instanceId"`
		Memory         int    `json:"instanceMaxMemory"`
	}
	initReport struct {
		Initialization string      `json:"initializationType"`
		Phase          string      `json:"phase"`
		Status         Status      `json:"status"`
		ErrorType      string      `json:"errorType,omitempty"`
		Metrics        initMetrics `json:"metrics"`
	}
	initMetrics struct {
		Duration float64 `json:"durationMs"`
	}
	start struct {
		RequestID string `json:"requestId"`
		ARN       string `json:"functionArn"`
		Version   string `json:"version"`
	}
	runtimeDone struct {
		RequestID string      `json:"requestId"`
		Status    Status      `json:"status"`
		ErrorType string      `json:"errorType,omitempty"`
		Metrics   doneMetrics `json:"metrics"`
	}
	doneMetrics struct {
		Duration float64 `json:"durationMs"`
		Bytes    int     `json:"producedBytes"`
	}
	report struct {
		RequestID string        `json:"requestId"`
		Status    Status        `json:"status"`
		ErrorType string        `json:"errorType,omitempty"`
		Metrics   reportMetrics `json:"metrics"`
	}
	reportMetrics struct {
		Duration float64  `json:"durationMs"`
		Billed   int64    `json:"billedDurationMs"`
		Memory   int      `json:"memorySizeMB"`
		Used     int64    `json:"maxMemoryUsedMB"`
		Init     *float64 `json:"initDurationMs,omitempty"`
	}
)
