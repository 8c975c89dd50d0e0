//go:build !lambent_nolazy

package lazy

// wanted is whether lazy objects are used where they are supported. The build
// tag lambent_nolazy turns them off, to test what is left without them.
const wanted = true
