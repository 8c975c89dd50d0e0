package zlib

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/constants"
)

// legacy is the prototype of the module's exports. It has the constants that
// older programs read from the module itself (zlib.Z_SYNC_FLUSH), and decodes
// their table when the first of them is read.
type legacy struct {
	h     module.Host
	table *goja.Object
}

// Get implements goja.DynamicObject.
func (l *legacy) Get(key string) goja.Value {
	if key == "" || strings.ToUpper(key) != key || strings.HasPrefix(key, "BROTLI") {
		return nil
	}
	if l.table == nil {
		l.table = constants.Table(l.h, "zlib")
	}
	v := l.table.Get(key)
	if v == nil || !goja.IsNumber(v) {
		return nil
	}
	return v
}

// Set implements goja.DynamicObject.
func (l *legacy) Set(string, goja.Value) bool { return false }

// Has implements goja.DynamicObject.
func (l *legacy) Has(key string) bool { return l.Get(key) != nil }

// Delete implements goja.DynamicObject.
func (l *legacy) Delete(string) bool { return false }

// Keys implements goja.DynamicObject.
func (l *legacy) Keys() []string { return nil }
