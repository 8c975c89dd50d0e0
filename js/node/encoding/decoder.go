package encoding

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
	"golang.org/x/text/encoding/charmap"

	"github.com/lambent-run/lambent/js/node/buffer"
)

// decoder is the state of one TextDecoder.
type decoder struct {
	name           string
	table          *charmap.Charmap // of a single-byte encoding
	bigEndian      bool             // of UTF-16
	fatal, keepBOM bool

	started bool   // the byte order mark, if any, is behind us
	rest    []byte // an unfinished character of the last chunk
}

// labels maps an encoding's name to its other labels.
var labels = map[string]string{
	"utf-8":          "utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
	"utf-16le":       "utf-16 ucs-2 csunicode iso-10646-ucs-2 unicode unicodefeff",
	"utf-16be":       "unicodefffe",
	"windows-1252":   "latin1 ascii us-ascii iso-8859-1 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 iso-ir-100 l1 cp1252 x-cp1252 cp819 ibm819 csisolatin1 ansi_x3.4-1968",
	"windows-1250":   "cp1250 x-cp1250",
	"windows-1251":   "cp1251 x-cp1251",
	"windows-1253":   "cp1253 x-cp1253",
	"windows-1254":   "cp1254 x-cp1254 iso-8859-9 iso8859-9 iso88599 iso_8859-9 latin5 l5 csisolatin5 iso-ir-148",
	"windows-1255":   "cp1255 x-cp1255",
	"windows-1256":   "cp1256 x-cp1256",
	"windows-1257":   "cp1257 x-cp1257",
	"windows-1258":   "cp1258 x-cp1258",
	"windows-874":    "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620",
	"iso-8859-2":     "iso8859-2 iso88592 iso_8859-2 latin2 l2 csisolatin2 iso-ir-101",
	"iso-8859-3":     "iso8859-3 iso88593 iso_8859-3 latin3 l3 csisolatin3 iso-ir-109",
	"iso-8859-4":     "iso8859-4 iso88594 iso_8859-4 latin4 l4 csisolatin4 iso-ir-110",
	"iso-8859-5":     "iso8859-5 iso88595 iso_8859-5 cyrillic csisolatincyrillic iso-ir-144",
	"iso-8859-6":     "iso8859-6 iso88596 iso_8859-6 arabic csisolatinarabic iso-ir-127 ecma-114 asmo-708",
	"iso-8859-7":     "iso8859-7 iso88597 iso_8859-7 greek greek8 csisolatingreek iso-ir-126 ecma-118 elot_928 sun_eu_greek",
	"iso-8859-8":     "iso8859-8 iso88598 iso_8859-8 hebrew visual csisolatinhebrew iso-ir-138",
	"iso-8859-10":    "iso8859-10 iso885910 latin6 l6 csisolatin6 iso-ir-157",
	"iso-8859-13":    "iso8859-13 iso885913",
	"iso-8859-14":    "iso8859-14 iso885914",
	"iso-8859-15":    "iso8859-15 iso885915 iso_8859-15 l9 csisolatin9",
	"iso-8859-16":    "",
	"koi8-r":         "koi koi8 koi8_r cskoi8r",
	"koi8-u":         "koi8-ru",
	"macintosh":      "mac x-mac-roman csmacintosh",
	"x-mac-cyrillic": "x-mac-ukrainian",
	"ibm866":         "866 cp866 csibm866",
}

var tables = map[string]*charmap.Charmap{
	"windows-1252": charmap.Windows1252, "windows-1250": charmap.Windows1250, "windows-1251": charmap.Windows1251,
	"windows-1253": charmap.Windows1253, "windows-1254": charmap.Windows1254, "windows-1255": charmap.Windows1255,
	"windows-1256": charmap.Windows1256, "windows-1257": charmap.Windows1257, "windows-1258": charmap.Windows1258,
	"windows-874": charmap.Windows874, "iso-8859-2": charmap.ISO8859_2, "iso-8859-3": charmap.ISO8859_3,
	"iso-8859-4": charmap.ISO8859_4, "iso-8859-5": charmap.ISO8859_5, "iso-8859-6": charmap.ISO8859_6,
	"iso-8859-7": charmap.ISO8859_7, "iso-8859-8": charmap.ISO8859_8, "iso-8859-10": charmap.ISO8859_10,
	"iso-8859-13": charmap.ISO8859_13, "iso-8859-14": charmap.ISO8859_14, "iso-8859-15": charmap.ISO8859_15,
	"iso-8859-16": charmap.ISO8859_16, "koi8-r": charmap.KOI8R, "koi8-u": charmap.KOI8U,
	"macintosh": charmap.Macintosh, "x-mac-cyrillic": charmap.MacintoshCyrillic, "ibm866": charmap.CodePage866,
}

// newDecoder finds an encoding by its label, or returns nil.
func newDecoder(label string) *decoder {
	label = strings.ToLower(strings.Trim(label, "\t\n\f\r "))
	name := label
	if _, known := labels[name]; !known {
		name = ""
		for n, others := range labels {
			for _, o := range strings.Fields(others) {
				if o == label {
					name = n
				}
			}
		}
	}
	if name == "" {
		return nil
	}
	return &decoder{name: name, table: tables[name], bigEndian: name == "utf-16be"}
}

// decode decodes a chunk; more says that others follow. ok is false if the
// bytes are not of the encoding and the decoder is fatal.
func (d *decoder) decode(vm *goja.Runtime, chunk []byte, more bool) (text goja.Value, ok bool) {
	b := chunk
	if len(d.rest) > 0 {
		b = append(d.rest, chunk...)
		d.rest = nil
	}
	switch {
	case d.table != nil:
		return d.single(vm, b)
	case d.name == "utf-8":
		text, ok = d.utf8(vm, b, more)
	default:
		text, ok = d.utf16(b, more)
	}
	if !more || !ok {
		d.started, d.rest = false, nil
	}
	return text, ok
}

func (d *decoder) single(vm *goja.Runtime, b []byte) (goja.Value, bool) {
	var sb strings.Builder
	sb.Grow(len(b))
	for _, c := range b {
		r := d.table.DecodeByte(c)
		if r == utf8.RuneError {
			if c < 0xA0 {
				r = rune(c) // the standard maps these to controls, the tables leave them out
			} else if d.fatal {
				return nil, false
			}
		}
		sb.WriteRune(r)
	}
	return vm.ToValue(sb.String()), true
}

func (d *decoder) utf8(vm *goja.Runtime, b []byte, more bool) (goja.Value, bool) {
	if more {
		if n := unfinished(b); n > 0 {
			d.rest = append([]byte(nil), b[len(b)-n:]...)
			b = b[:len(b)-n]
		}
	}
	if len(b) > 0 && !d.started {
		if !d.keepBOM {
			b = bytes.TrimPrefix(b, []byte("\uFEFF"))
		}
		d.started = true
	}
	if d.fatal && !utf8.Valid(b) {
		return nil, false
	}
	return vm.ToValue(buffer.DecodeUTF8(b)), true
}

// unfinished returns how many bytes at the end of b begin a character that more
// bytes could finish.
func unfinished(b []byte) int {
	for n := 1; n <= min(3, len(b)); n++ {
		c := b[len(b)-n]
		if c&0xC0 == 0x80 {
			continue
		}
		if c >= 0xC0 && !utf8.FullRune(b[len(b)-n:]) {
			return n
		}
		return 0
	}
	return 0
}

func (d *decoder) utf16(b []byte, more bool) (goja.Value, bool) {
	unit := func(i int) uint16 {
		if d.bigEndian {
			return uint16(b[i])<<8 | uint16(b[i+1])
		}
		return uint16(b[i]) | uint16(b[i+1])<<8
	}
	end := len(b) &^ 1
	if more && end >= 2 && isHigh(unit(end-2)) {
		end -= 2
	}
	units := make([]uint16, 0, end/2+1)
	for i := 0; i < end; i += 2 {
		u := unit(i)
		switch {
		case isHigh(u) && i+2 < end && isLow(unit(i+2)):
			units = append(units, u, unit(i+2))
			i += 2
			continue
		case isHigh(u) || isLow(u):
			if d.fatal {
				return nil, false
			}
			u = 0xFFFD
		}
		units = append(units, u)
	}
	if more {
		d.rest = append([]byte(nil), b[end:]...)
	} else if end < len(b) {
		if d.fatal {
			return nil, false
		}
		units = append(units, 0xFFFD)
	}
	if len(units) > 0 && !d.started {
		d.started = true
		if units[0] == 0xFEFF && !d.keepBOM {
			units = units[1:]
		}
	}
	return goja.StringFromUTF16(units), true
}

func isHigh(u uint16) bool { return u >= 0xD800 && u < 0xDC00 }
func isLow(u uint16) bool  { return u >= 0xDC00 && u < 0xE000 }
