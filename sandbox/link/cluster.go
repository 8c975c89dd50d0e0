package link

import (
	"context"
	goruntime "runtime"
	"sync"

	"github.com/tetratelabs/wazero/api"
)

// cluster is a set of instances that can reach each other: one imports something
// of another, or was given a function of it. wazero keeps references to functions
// as bare addresses, which the garbage collector does not follow, so that all of
// a cluster has to live as long as a handle of any part does. Every handle
// refers to its cluster; once no handle is left, neither is the cluster, and its
// resources are released. Clusters that meet become one.
type cluster struct {
	into    *cluster // what it has become part of; nil: it is one of its own
	hold    *held    // shared with whatever it becomes part of
	cleanup goruntime.Cleanup
}

// held is what a cluster keeps alive.
type held struct {
	resources *resources
	hosts     []*host
	instances []*Instance
}

// resources are what has to be given back when a cluster goes. They refer to no
// handle and to nothing of the embedder's, or it would never go.
type resources struct {
	store *Store

	mu      sync.Mutex // guards the fields below
	modules []api.Module
	numbers []span // of host functions
}

// newCluster makes a cluster of nothing yet.
func (s *Store) newCluster() *cluster {
	r := &resources{store: s}
	c := &cluster{hold: &held{resources: r}}
	s.mu.Lock()
	s.live[r] = struct{}{}
	s.mu.Unlock()
	c.cleanup = goruntime.AddCleanup(c, (*resources).release, r)
	return c
}

// root returns the cluster that c is part of.
func (c *cluster) root() *cluster {
	for c.into != nil {
		if next := c.into.into; next != nil {
			c.into = next
		}
		c = c.into
	}
	return c
}

// join makes one cluster of two.
func (c *cluster) join(other *cluster) {
	to, from := c.root(), other.root()
	if to == from {
		return
	}
	if len(from.hold.instances) > len(to.hold.instances) {
		to, from = from, to
	}
	from.cleanup.Stop()
	h, moved := to.hold, from.hold
	h.hosts = append(h.hosts, moved.hosts...)
	h.instances = append(h.instances, moved.instances...)
	moved.resources.handTo(h.resources)
	from.into, from.hold = to, nil
}

// keep adds an instance to the cluster.
func (c *cluster) keep(i *Instance) {
	h := c.root().hold
	h.instances = append(h.instances, i)
	r := h.resources
	r.mu.Lock()
	r.modules = append(r.modules, i.module)
	r.mu.Unlock()
}

// handTo lets other release what r would have.
func (r *resources) handTo(other *resources) {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	other.mu.Lock()
	defer other.mu.Unlock()
	other.modules = append(other.modules, r.modules...)
	other.numbers = append(other.numbers, r.numbers...)
	r.modules, r.numbers = nil, nil
	delete(r.store.live, r)
}

// release closes the instances. It runs on a goroutine of the garbage
// collector's, or at the end of the store.
func (r *resources) release() {
	r.mu.Lock()
	modules, numbers := r.modules, r.numbers
	r.modules, r.numbers = nil, nil
	r.mu.Unlock()
	for _, m := range modules {
		_ = m.Close(context.Background()) // frees its memory; there is nothing to fail
	}
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	delete(r.store.live, r)
	for _, n := range numbers {
		r.store.free[n.n] = append(r.store.free[n.n], n.first)
	}
}
