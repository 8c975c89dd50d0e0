package loop

import "github.com/lambent-run/lambent/js/module"

// immediate is a setImmediate.
type immediate struct {
	loop   *Loop
	fn     func() error
	active bool
	ref    bool
}

// SetImmediate implements module.Loop.
func (l *Loop) SetImmediate(fn func() error) module.Handle {
	im := &immediate{loop: l, fn: fn, active: true, ref: true}
	l.immediates = append(l.immediates, im)
	l.refs++
	return im
}

// end takes the immediate out of the count; its place in the queue stays.
func (im *immediate) end() {
	if im.active && im.ref {
		im.loop.refs--
	}
	im.active = false
}

func (im *immediate) Stop() { im.end() }

func (im *immediate) Ref() {
	if im.active && !im.ref {
		im.loop.refs++
	}
	im.ref = true
}

func (im *immediate) Unref() {
	if im.active && im.ref {
		im.loop.refs--
	}
	im.ref = false
}

func (im *immediate) HasRef() bool { return im.active && im.ref }

// runImmediates runs the immediates queued so far; those they queue wait for
// the next round.
func (l *Loop) runImmediates(stop func() bool) (bool, error) {
	queue := l.immediates
	l.immediates = nil
	for i, im := range queue {
		if !im.active {
			continue
		}
		im.end()
		err := l.Turn(im.fn)
		if err == nil && !stop() {
			continue
		}
		l.immediates = append(queue[i+1:], l.immediates...)
		return err == nil, err
	}
	return false, nil
}
