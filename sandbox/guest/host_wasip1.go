//go:build wasip1

package guest

import "unsafe"

//go:wasmimport lambent respond
func hostRespond(ptr unsafe.Pointer, n uint32)

//go:wasmimport lambent respond_stream
func hostRespondStream(ptr unsafe.Pointer, n uint32)

//go:wasmimport lambent write
func hostWrite(ptr unsafe.Pointer, n uint32) int32

//go:wasmimport lambent fail
func hostFail(kind unsafe.Pointer, kindLen uint32, message unsafe.Pointer, messageLen uint32)

//go:wasmimport lambent log
func hostLog(level int32, ptr unsafe.Pointer, n uint32)

//go:wasmimport lambent remaining_ms
func hostRemainingMS() int64

//go:wasmimport lambent context_len
func hostContextLen() uint32

//go:wasmimport lambent context_read
func hostContextRead(ptr unsafe.Pointer)

// event is where the host writes the next event. It is kept from one invocation
// to the next unless it is large.
var event []byte

const keepEvent = 1 << 20

//go:wasmexport lambent_alloc
func alloc(n uint32) unsafe.Pointer {
	if uint32(cap(event)) < n || cap(event) > keepEvent {
		event = make([]byte, max(n, 512))
	}
	return unsafe.Pointer(unsafe.SliceData(event))
}

//go:wasmexport lambent_restore
func restore() {
	for _, f := range restored {
		f()
	}
}

// handle answers an event, which lies in the memory that alloc returned. It
// returns 0, or 1 if it failed. A panic is the end of the instance; the caller
// sees what it was, and the log where.
//
//go:wasmexport handle
func handle(_ unsafe.Pointer, n uint32) int32 {
	if handler == nil {
		fail("Runtime.NoHandler", "guest.Handle was not called from an init function")
		return 1
	}
	defer func() {
		if v := recover(); v != nil {
			fail(describe(v))
			panic(v)
		}
	}()
	response, err := handler(Context{}, event[:n:n])
	if err != nil {
		fail(describe(err))
		return 1
	}
	if response != nil {
		hostRespond(bytesPtr(response))
	}
	return 0
}

func fail(kind, message string) {
	k, kn := textPtr(kind)
	m, mn := textPtr(message)
	hostFail(k, kn, m, mn)
}

func bytesPtr(b []byte) (unsafe.Pointer, uint32) {
	return unsafe.Pointer(unsafe.SliceData(b)), uint32(len(b))
}

func textPtr(s string) (unsafe.Pointer, uint32) {
	return unsafe.Pointer(unsafe.StringData(s)), uint32(len(s))
}

func remainingMS() int64 { return hostRemainingMS() }

func contextJSON() []byte {
	text := make([]byte, hostContextLen())
	if len(text) > 0 {
		hostContextRead(unsafe.Pointer(unsafe.SliceData(text)))
	}
	return text
}

func logText(level Level, text string) {
	p, n := textPtr(text)
	hostLog(int32(level), p, n)
}

func beginStream(contentType string) { hostRespondStream(textPtr(contentType)) }

func writeStream(p []byte) bool { return hostWrite(bytesPtr(p)) == 0 }
