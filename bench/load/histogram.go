package load

import (
	"math"
	"math/bits"
	"time"
)

// Histogram counts durations in buckets that are at most 0.8 % wide, from 1 ns
// to 18 minutes; what is longer counts as that. The zero value is empty. It
// takes 35 KB and never grows.
type Histogram struct {
	counts [buckets]int64
	total  int64
}

const (
	// subBits sets the resolution: each power of two has 2^subBits buckets.
	subBits = 7
	sub     = 1 << subBits
	maxBits = 40
	buckets = (maxBits - subBits + 1) * sub
)

// bucket returns the index of v's bucket. Values below 2*sub have one each.
func bucket(v uint64) int {
	v = min(v, 1<<maxBits-1)
	shift := max(0, bits.Len64(v)-subBits-1)
	return shift*sub + int(v>>shift)
}

// upper is the largest value of bucket i.
func upper(i int) uint64 {
	if i < 2*sub {
		return uint64(i)
	}
	shift := i/sub - 1
	return uint64(i-shift*sub+1)<<shift - 1
}

// Record counts d.
func (h *Histogram) Record(d time.Duration) {
	h.counts[bucket(uint64(max(0, d)))]++
	h.total++
}

// Add counts all that o has counted.
func (h *Histogram) Add(o *Histogram) {
	for i, n := range o.counts {
		h.counts[i] += n
	}
	h.total += o.total
}

// Count is the number of durations.
func (h *Histogram) Count() int64 { return h.total }

// Quantile returns the smallest recorded duration that at least the fraction q
// of all do not exceed (nearest rank), rounded up to the end of its bucket. It
// is 0 if there are none.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	rank := max(1, int64(math.Ceil(min(q, 1)*float64(h.total))))
	var seen int64
	for i, n := range h.counts {
		if seen += n; seen >= rank {
			return time.Duration(upper(i))
		}
	}
	return time.Duration(upper(buckets - 1))
}
