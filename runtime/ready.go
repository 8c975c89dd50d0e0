package runtime

import (
	"errors"

	"github.com/lambent-run/lambent/runtime/function"
)

// errBarren reports a version whose environments cannot be started.
var errBarren = errors.New("runtime: the init phase of the version fails")

// Ready returns how many environments of a function's version are started, and
// an error if the last start failed. A version that is not known has none.
func (r *Runtime) Ready(id function.ID, version string) (int, error) {
	id = r.full(id)
	found, ok := r.in(id.Region).functions.Load(id.Name)
	if !ok {
		return 0, nil
	}
	v := found.(*deployed).routes.Load().version(version)
	if v == nil || !v.ready.Load() {
		return 0, nil
	}
	if v.group.Barren() {
		return 0, errBarren
	}
	return v.group.Count().Live, nil
}
