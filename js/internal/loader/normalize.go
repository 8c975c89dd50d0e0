package loader

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/lambent-run/lambent/js/internal/stack"
)

// Normalize gives an error that is about to be shown V8's trace, and V8's
// message if the VM made it. Texts that the guest chose stay. v is returned;
// other values than errors are not touched.
func (r *Realm) Normalize(v goja.Value) goja.Value {
	o, ok := v.(*goja.Object)
	if !ok || o.ClassName() != "Error" {
		return v
	}
	_ = r.vm.Try(func() {
		r.reword(o)
		text, ok := o.Get("stack").(goja.String)
		if ok && stack.IsRaw(text.String()) {
			head, frames := stack.Parse(text.String())
			r.setHidden(o, "stack", r.format(o, head, frames))
		}
	})
	return v
}

func (r *Realm) setHidden(o *goja.Object, name string, value goja.Value) {
	_ = o.DefineDataProperty(name, value, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// vmErrors are the classes of errors that the VM itself throws.
var vmErrors = map[string]bool{"TypeError": true, "ReferenceError": true, "RangeError": true, "SyntaxError": true, "URIError": true}

// reword gives an error that the VM made V8's message. It is called for each
// error that is caught, so it leaves early.
func (r *Realm) reword(o *goja.Object) {
	message, ok := o.Get("message").(goja.String)
	if !ok || message.Length() == 0 || message.Length() > 1<<16 {
		return
	}
	t := &thrown{message: message.String()}
	if !mayBeVM(t.message) {
		return
	}
	if name := o.Get("name"); name == nil || !vmErrors[name.String()] {
		return
	}
	text, ok := o.Get("stack").(goja.String)
	if !ok || !stack.IsRaw(text.String()) {
		return
	}
	head, frames := stack.Parse(text.String())
	if len(frames) == 0 {
		return
	}
	top := frames[0]
	t.native = nativeName(top)
	t.sites = func() []site { return r.sitesAt(top) }
	msg, ok := t.reword()
	if !ok || msg == t.message {
		return
	}
	r.setHidden(o, "message", r.vm.ToValue(msg))
	if i := strings.LastIndex(head, t.message); i >= 0 {
		head = head[:i] + msg
	}
	r.setHidden(o, "stack", r.format(o, head, frames))
}

// mayBeVM is a cheap test that most messages of guests fail.
func mayBeVM(message string) bool {
	if _, ok := fixedWords[message]; ok {
		return true
	}
	switch message[0] {
	case 'C':
		return strings.HasPrefix(message, "C") && (strings.HasPrefix(message, "Cannot ") || strings.HasPrefix(message, "Class ") ||
			strings.HasPrefix(message, "Constructor ") || strings.HasPrefix(message, "Could not convert &{"))
	case 'V':
		return strings.HasPrefix(message, "Value is not ")
	case 'N':
		return strings.HasPrefix(message, "No")
	case 'O':
		return strings.HasPrefix(message, "Object has no member ")
	case 'E':
		return strings.HasPrefix(message, "Expecting a function ")
	case 'o':
		return message == "object is not iterable"
	case 'M':
		return message == "Malformed URI" || strings.HasPrefix(message, "Must call super ")
	case 'R':
		return strings.HasPrefix(message, "Receiver is not ")
	case 'S':
		return strings.HasPrefix(message, "SyntaxError: ")
	}
	return false
}

// sitesAt finds the code that a frame points to, if this program loaded it.
func (r *Realm) sitesAt(f stack.Frame) []site {
	if r.program == nil || f.File == "" {
		return nil
	}
	name := f.File
	if p, ok := fileFromURL(name); ok { // as ES modules are called in traces
		name = p
	}
	var src *source
	p := r.program
	p.mu.RLock()
	for _, format := range []format{commonJS, esModule} {
		if u := p.files[fileKey{name, format}]; u != nil && u.source != nil {
			src = u.source
		}
	}
	p.mu.RUnlock()
	if src == nil {
		return nil
	}
	return src.at(f.Line, f.Column)
}
