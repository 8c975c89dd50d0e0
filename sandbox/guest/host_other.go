//go:build !wasip1

package guest

const elsewhere = "guest: this asks Lambent, which only a module built with GOOS=wasip1 GOARCH=wasm can reach"

func remainingMS() int64      { panic(elsewhere) }
func contextJSON() []byte     { panic(elsewhere) }
func logText(Level, string)   { panic(elsewhere) }
func beginStream(string)      { panic(elsewhere) }
func writeStream([]byte) bool { panic(elsewhere) }
