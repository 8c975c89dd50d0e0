//go:build lambent_nolazy

package lazy

const wanted = false
