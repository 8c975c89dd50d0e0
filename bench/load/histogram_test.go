package load

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestHistogramQuantiles(t *testing.T) {
	t.Parallel()
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	tests := []struct {
		name   string
		values []time.Duration
		q      float64
		want   time.Duration
	}{
		{"nothing recorded", nil, 0.5, 0},
		{"one value is every quantile", []time.Duration{7}, 0.01, 7},
		{"the median of 1 to 100", hundred, 0.50, 50},
		{"99 of 100 are at most 99", hundred, 0.99, 99},
		{"the last is the largest", hundred, 1, 100},
		{"a fraction above 1 is 1", hundred, 1.5, 100},
		{"a negative duration counts as none", []time.Duration{-5}, 1, 0},
		{"a long one counts as the longest", []time.Duration{time.Hour}, 1, 1<<40 - 1},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var h Histogram
			for _, v := range tc.values {
				h.Record(v)
			}
			if got := h.Quantile(tc.q); got != tc.want {
				t.Errorf("Quantile(%v) = %d, want %d", tc.q, got, tc.want)
			}
		})
	}
}

func TestHistogramIsWithinItsResolution(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var one, two Histogram
	var values []time.Duration
	for i := range 20_000 {
		v := time.Duration(random.ExpFloat64() * float64(time.Millisecond))
		values = append(values, v)
		if i%2 == 0 {
			one.Record(v)
		} else {
			two.Record(v)
		}
	}
	one.Add(&two)
	slices.Sort(values)
	if one.Count() != 20_000 {
		t.Errorf("Count = %d, want 20000", one.Count())
	}
	for _, q := range []float64{0.01, 0.5, 0.9, 0.99, 0.999, 1} {
		exact := values[int(q*20_000)-1]
		got := one.Quantile(q)
		if got < exact || float64(got-exact) > 0.008*float64(exact)+1 {
			t.Errorf("Quantile(%v) = %v, want %v to 0.8%% more", q, got, exact)
		}
	}
}

func TestBucketsCoverEachValueOnce(t *testing.T) {
	t.Parallel()
	for i := range buckets {
		top := upper(i)
		if bucket(top) != i {
			t.Fatalf("bucket(upper(%d)) = %d", i, bucket(top))
		}
		if i < buckets-1 && bucket(top+1) != i+1 {
			t.Fatalf("bucket(upper(%d)+1) = %d, want %d", i, bucket(top+1), i+1)
		}
	}
}
