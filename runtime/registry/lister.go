package registry

import (
	"context"
	"strconv"

	"github.com/lambent-run/lambent/runtime/function"
)

// lister collects a page of versions.
type lister struct {
	r         *Registry
	qualified bool // ARNs end in the version
	limit     int
	of        string // what goes before a version in next
	list      []function.Configuration
	last      string // where the list ends
	next      string // last, if there is more than the page holds
	err       error
}

// done reports whether the page is full and more is there, or an error is.
func (l *lister) done() bool { return l.next != "" || l.err != nil }

// add adds a version, or notes that the page has no room for it. Lists show
// neither the status nor the runtime's version.
func (l *lister) add(ctx context.Context, id function.ID, d *Document, version string) {
	if l.limit > 0 && len(l.list) >= l.limit {
		l.next = l.last
		return
	}
	rec, _, err := l.r.resolve(ctx, id, d, version)
	if IsKind(err, NotFound) {
		return // deleted meanwhile
	}
	if err != nil {
		l.err = err
		return
	}
	qualifier := ""
	if l.qualified {
		qualifier = version
	}
	c := l.r.configuration(ctx, id, d, rec, qualifier)
	c.Status, c.RuntimeVersionConfig = function.Status{}, nil
	l.list, l.last = append(l.list, c), l.of+version
}

// addPublished adds the published versions after one, which may be empty or
// $LATEST: it comes before all.
func (l *lister) addPublished(ctx context.Context, id function.ID, d *Document, after string) {
	from, _ := strconv.Atoi(after)
	for _, p := range d.Published {
		if p.Number > from && !l.done() {
			l.add(ctx, id, d, strconv.Itoa(p.Number))
		}
	}
}
