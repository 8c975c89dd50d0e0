package registry

import (
	"maps"
	"slices"
)

// cut returns the page's part of a sorted list, and the After of the next page,
// which is empty if there is none.
func (p Page) cut(sorted []string) (part []string, next string) {
	at, found := slices.BinarySearch(sorted, p.After)
	if found {
		at++
	}
	part = sorted[at:]
	if p.Limit <= 0 || len(part) <= p.Limit {
		return part, ""
	}
	part = part[:p.Limit]
	return part, part[len(part)-1]
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
