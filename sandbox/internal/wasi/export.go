package wasi

import (
	"context"
	"encoding/binary"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"

	"github.com/lambent-run/lambent/sandbox/internal/wasifs"
)

// ModuleName is the name under which guests import WASI preview 1.
const ModuleName = "wasi_snapshot_preview1"

var le = binary.LittleEndian

// call is one call of the guest.
type call struct {
	*Process
	mem api.Memory // nil if the guest has none
	arg []uint64
}

func (c *call) u32(i int) uint32 { return uint32(c.arg[i]) }

// bytes returns n bytes of the guest's memory, not a copy.
func (c *call) bytes(ptr, n uint32) ([]byte, wasifs.Errno) {
	if c.mem != nil {
		if b, ok := c.mem.Read(ptr, n); ok {
			return b, 0
		}
	}
	return nil, wasifs.EFAULT
}

// text returns a copy of n bytes: the guest may change its memory during a call
// that reads into it.
func (c *call) text(ptr, n uint32) (string, wasifs.Errno) {
	if n > 1<<16 {
		return "", wasifs.ENAMETOOLONG
	}
	b, errno := c.bytes(ptr, n)
	return string(b), errno
}

// putU32 and putU64 write a result.
func (c *call) putU32(ptr, v uint32) wasifs.Errno {
	b, errno := c.bytes(ptr, 4)
	if errno == 0 {
		le.PutUint32(b, v)
	}
	return errno
}

func (c *call) putU64(ptr uint32, v uint64) wasifs.Errno {
	b, errno := c.bytes(ptr, 8)
	if errno == 0 {
		le.PutUint64(b, v)
	}
	return errno
}

// function is one function of the module. Its parameters are spelt i for i32 and
// I for i64; it returns a number of type errno.
type function struct {
	params string
	run    func(*call) wasifs.Errno
}

// functions are all of preview 1 but proc_exit, which does not return.
var functions = map[string]function{
	"args_get":          {"ii", func(c *call) wasifs.Errno { return c.strings(c.Args) }},
	"args_sizes_get":    {"ii", func(c *call) wasifs.Errno { return c.sizes(c.Args) }},
	"environ_get":       {"ii", func(c *call) wasifs.Errno { return c.strings(c.Env) }},
	"environ_sizes_get": {"ii", func(c *call) wasifs.Errno { return c.sizes(c.Env) }},
	"clock_res_get":     {"ii", clockRes},
	"clock_time_get":    {"iIi", clockTime},
	"random_get":        {"ii", random},
	"sched_yield":       {"", func(*call) wasifs.Errno { return 0 }},
	"proc_raise":        {"i", func(*call) wasifs.Errno { return wasifs.ENOSYS }},
	"poll_oneoff":       {"iiii", poll},

	"fd_advise":             {"iIIi", fdKnown},
	"fd_allocate":           {"iII", fdAllocate},
	"fd_close":              {"i", func(c *call) wasifs.Errno { return c.drop(c.u32(0)) }},
	"fd_datasync":           {"i", fdKnown},
	"fd_fdstat_get":         {"ii", fdStatus},
	"fd_fdstat_set_flags":   {"ii", fdSetFlags},
	"fd_fdstat_set_rights":  {"iII", fdKnown},
	"fd_filestat_get":       {"ii", fdStat},
	"fd_filestat_set_size":  {"iI", fdSetSize},
	"fd_filestat_set_times": {"iIIi", fdSetTimes},
	"fd_pread":              {"iiiIi", fdPread},
	"fd_prestat_get":        {"ii", fdPrestat},
	"fd_prestat_dir_name":   {"iii", fdPrestatName},
	"fd_pwrite":             {"iiiIi", fdPwrite},
	"fd_read":               {"iiii", fdRead},
	"fd_readdir":            {"iiiIi", fdReaddir},
	"fd_renumber":           {"ii", fdRenumber},
	"fd_seek":               {"iIii", fdSeek},
	"fd_sync":               {"i", fdKnown},
	"fd_tell":               {"ii", fdTell},
	"fd_write":              {"iiii", fdWrite},

	"path_create_directory":   {"iii", pathCreateDirectory},
	"path_filestat_get":       {"iiiii", pathStat},
	"path_filestat_set_times": {"iiiiIIi", pathSetTimes},
	"path_link":               {"iiiiiii", pathLink},
	"path_open":               {"iiiiiIIii", pathOpen},
	"path_readlink":           {"iiiiii", pathReadlink},
	"path_remove_directory":   {"iii", func(c *call) wasifs.Errno { return pathRemove(c, true) }},
	"path_rename":             {"iiiiii", pathRename},
	"path_symlink":            {"iiiii", pathSymlink},
	"path_unlink_file":        {"iii", func(c *call) wasifs.Errno { return pathRemove(c, false) }},

	"sock_accept":   {"iii", notSocket},
	"sock_recv":     {"iiiiii", notSocket},
	"sock_send":     {"iiiii", notSocket},
	"sock_shutdown": {"ii", notSocket},
}

// Export defines the functions in a host module, which the caller names
// ModuleName and instantiates once. of finds the process of a call.
func Export(b wazero.HostModuleBuilder, of func(context.Context, api.Module) *Process) {
	for name, f := range functions {
		params := make([]api.ValueType, len(f.params))
		for i, kind := range f.params {
			params[i] = api.ValueTypeI32
			if kind == 'I' {
				params[i] = api.ValueTypeI64
			}
		}
		run := f.run
		b.NewFunctionBuilder().
			WithGoModuleFunction(api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {
				p := of(ctx, m)
				p.check() // a guest that calls in a loop spends its time here
				p.current = call{p, m.Memory(), stack}
				// The results share the stack with the arguments.
				stack[0] = uint64(run(&p.current))
			}), params, []api.ValueType{api.ValueTypeI32}).
			WithName(name).Export(name)
	}
	b.NewFunctionBuilder().
		WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, _ api.Module, stack []uint64) {
			panic(sys.NewExitError(uint32(stack[0]))) // wazero returns it from the call into the guest
		}), []api.ValueType{api.ValueTypeI32}, nil).
		WithName("proc_exit").Export("proc_exit")
}
