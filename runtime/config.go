package runtime

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/lambent-run/lambent/runtime/function"
	"github.com/lambent-run/lambent/runtime/observe"
)

// Config sets a Runtime's limits and surroundings. The zero value works. New
// copies it.
type Config struct {
	// Region and AccountID name the account that functions see in ARNs and in
	// AWS_REGION. Default "us-east-1" and "000000000000".
	Region, AccountID string
	// MaxConcurrency caps invocations in flight over all functions. Default
	// 1000, as in a new AWS account.
	MaxConcurrency int
	// UnreservedMinimum is how much of MaxConcurrency no function may reserve.
	// Default 100, or a tenth of MaxConcurrency if that is less. Negative: none.
	UnreservedMinimum int
	// BurstIsolates is how many new execution environments a function may get
	// in 10 seconds; the allowance refills continuously. Default 1000, as on
	// Lambda. Negative: no limit.
	BurstIsolates int
	// RequestRate caps invocations per second, as a multiple of the concurrency
	// limit that applies to the function (its reserved concurrency, or
	// MaxConcurrency). Lambda has 10. Default 0: no limit.
	RequestRate int
	// MaxIsolates caps isolates over all functions. At the cap the longest idle
	// ones make room; those that serve are never ended, so the true cap is the
	// larger of this and the invocations in flight. Default 4096.
	MaxIsolates int
	// IdleTimeout ends an isolate that waits for work. Default 5 minutes;
	// negative: never.
	IdleTimeout time.Duration
	// InitTimeout limits the init phase. Default 10 s, as on Lambda.
	InitTimeout time.Duration
	// MaxAbandoned bounds the goroutines stuck in native operations that an
	// interrupt cannot end. While that many are stuck, functions that have one
	// are refused with ErrSuspended. Default 16.
	MaxAbandoned int
	// MemoryLimit is the size of the process's heap, in bytes, above which
	// isolates have to go: first those that are idle, then the one whose
	// invocation computes for longest, which fails as on Lambda when memory runs
	// out. Default a quarter of the machine's memory, or of the control group's;
	// negative: no limit.
	MemoryLimit int64
	// Log takes the functions' logs: whole lines, never interleaved, many in one
	// Write, from one goroutine, which exists only while there are any. They come
	// a moment after they were logged, at the latest when Close returns. A slow
	// Log loses lines (and says so in it) but holds up nobody. Default nil:
	// discarded.
	Log io.Writer
	// LogTap takes the functions' log events one by one, with their log group and
	// stream. Default nil: nobody.
	LogTap observe.Tap
	// HTTP carries the functions' network requests. Default: a transport of the
	// Runtime's own, without proxies from the host's environment. To forbid the
	// network set NoNetwork.
	HTTP http.RoundTripper
	// NoNetwork leaves functions without a network: each request of theirs fails.
	NoNetwork bool
	// Directory knows functions besides those of Deploy: an invocation of a
	// function that is not known yet asks it. Whoever changes what it says calls
	// Refresh. Default nil: none.
	Directory function.Directory
	// CacheDir is a folder for compiled WebAssembly modules, so that they need not
	// be compiled again in another process. Default "": in memory only.
	CacheDir string
	// Observe are hooks for metrics and traces.
	Observe observe.Hooks
	// Engines adds or replaces engines by runtime identifier ("nodejs22.x").
	Engines map[string]Engine
}

// withDefaults checks c and fills in what is zero.
func (c Config) withDefaults() (Config, error) {
	for name, n := range map[string]int64{
		"MaxConcurrency": int64(c.MaxConcurrency), "MaxIsolates": int64(c.MaxIsolates), "RequestRate": int64(c.RequestRate),
		"MaxAbandoned": int64(c.MaxAbandoned), "InitTimeout": int64(c.InitTimeout),
	} {
		if n < 0 {
			return c, fmt.Errorf("runtime: %s is %d, want 0 or more", name, n)
		}
	}
	c.Region = cmp.Or(c.Region, "us-east-1")
	c.AccountID = cmp.Or(c.AccountID, "000000000000")
	c.MaxConcurrency = cmp.Or(c.MaxConcurrency, 1000)
	c.UnreservedMinimum = max(0, cmp.Or(c.UnreservedMinimum, min(100, c.MaxConcurrency/10)))
	c.BurstIsolates = cmp.Or(c.BurstIsolates, 1000)
	c.MaxIsolates = cmp.Or(c.MaxIsolates, 4096)
	c.IdleTimeout = cmp.Or(c.IdleTimeout, 5*time.Minute)
	c.InitTimeout = cmp.Or(c.InitTimeout, 10*time.Second)
	c.MaxAbandoned = cmp.Or(c.MaxAbandoned, 16)
	if c.MemoryLimit == 0 {
		c.MemoryLimit = int64(machineMemory() / 4)
	}
	return c, nil
}
