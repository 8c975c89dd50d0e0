package codec

import (
	"math"
	"strconv"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/lazy"
)

// smallInts are numbers that many share.
var smallInts = func() (t [1024]int64) {
	for i := range t {
		t[i] = int64(i)
	}
	return t
}()

// number makes the number at i.
func (d *document) number(i int) (goja.Value, int) {
	n, end, ok := parseInt(d.text, i)
	if !ok {
		var f float64
		f, end = parseFloat(d.text, i)
		return d.vm.ToValue(f), end
	}
	return d.int(n), end
}

func (d *document) int(n int64) goja.Value {
	if uint64(n) < uint64(len(smallInts)) {
		return lazy.Int(&smallInts[n])
	}
	if len(d.ints) == 0 {
		d.ints = make([]int64, slabLen)
	}
	p := &d.ints[0]
	d.ints = d.ints[1:]
	*p = n
	return lazy.Int(p)
}

// parseInt reads the number at i if it is an integer of at most fifteen
// digits, which is exact as a float64, and not -0.
func parseInt(text string, i int) (n int64, end int, ok bool) {
	neg := text[i] == '-'
	if neg {
		i++
	}
	first := i
	for i < len(text) && text[i]-'0' < 10 {
		n = n*10 + int64(text[i]-'0')
		i++
		if i-first > 15 {
			return 0, 0, false
		}
	}
	if i < len(text) && (text[i] == '.' || text[i]|0x20 == 'e') {
		return 0, 0, false
	}
	if neg {
		return -n, i, n != 0
	}
	return n, i, true
}

// parseFloat reads the number at i. Beyond the range of float64 it is infinite,
// as in JavaScript.
func parseFloat(text string, i int) (float64, int) {
	end := i + 1
	for end < len(text) && (text[end]-'0' < 10 || text[end] == '.' || text[end]|0x20 == 'e' || text[end] == '+' || text[end] == '-') {
		end++
	}
	f, _ := strconv.ParseFloat(text[i:end], 64)
	return f, end
}

// appendFloat appends a finite number as JavaScript prints it.
func appendFloat(dst []byte, f float64) []byte {
	if f == 0 {
		return append(dst, '0') // -0 too
	}
	if a := math.Abs(f); a >= 1e-6 && a < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); n >= 4 && dst[n-2] == '0' && (dst[n-3] == '-' || dst[n-3] == '+') {
		dst[n-2] = dst[n-1] // Go writes two digits of exponent at least
		dst = dst[:n-1]
	}
	return dst
}
