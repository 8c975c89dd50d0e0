package fs_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/fs/scratch"
	"github.com/lambent-run/lambent/js/node/internal/hosttest"
	"github.com/lambent-run/lambent/js/node/internal/nodecase"
)

// withTmp gives each host the /tmp that environments have.
func withTmp(t *testing.T) func(*module.System) {
	return func(s *module.System) {
		tmp := scratch.New(64 << 20)
		t.Cleanup(func() { tmp.Close() })
		s.Tmp = tmp
	}
}

func TestFSAnswersAsNodeDoes(t *testing.T) {
	t.Parallel()
	nodecase.Run(t, "testdata/fs.json", withTmp(t))
}

func TestOnlyTmpCanBeWritten(t *testing.T) {
	t.Parallel()
	files := hosttest.WithFiles(map[string]string{"index.js": "code", "data/a.txt": "text é\n"})
	mounts := func(s *module.System) {
		s.Mounts = map[string]fs.FS{"/opt": fstest.MapFS{"lib/x.js": {Data: []byte("layer")}}}
	}
	tests := []struct{ name, code, want string }{
		{"the code can be read", "return [fs.readFileSync('data/a.txt', 'utf8'), fs.readFileSync('/var/task/index.js', 'utf8'), fs.readdirSync('/var/task'), fs.statSync('data').isDirectory(), fs.realpathSync('data/../index.js')]",
			`["text é\n","code",["data","index.js"],true,"/var/task/index.js"]`},
		{"so can the mounts", "return [fs.readFileSync('/opt/lib/x.js', 'utf8'), fs.readdirSync('/opt'), fs.existsSync('/opt/none')]", `["layer",["lib"],false]`},
		{"the folders above them exist", "return [fs.readdirSync('/'), fs.readdirSync('/var'), fs.statSync('/var').isDirectory(), fs.existsSync('/etc')]", `[["dev","opt","tmp","var"],["task"],true,false]`},
		{"writing elsewhere fails", "return [() => fs.writeFileSync('x', ''), () => fs.writeFileSync('/opt/x', ''), () => fs.writeFileSync('/x', ''), () => fs.writeFileSync('/home/x', ''), () => fs.mkdirSync('/var/task/d'), () => fs.unlinkSync('index.js'), () => fs.unlinkSync('none'), () => fs.rmSync('data', { recursive: true }), () => fs.renameSync('index.js', '/tmp/y'), () => fs.renameSync('/tmp', '/var/task/z'), () => fs.chmodSync('index.js', 0o777), () => fs.symlinkSync('a', '/var/task/l'), () => fs.truncateSync('index.js'), () => fs.openSync('index.js', 'a'), () => fs.mkdtempSync('/var/task/x'), () => fs.writeFileSync('data', ''), () => fs.writeFileSync('index.js/x', ''), () => fs.accessSync('index.js', fs.constants.W_OK)].map(code)",
			`["EROFS","EROFS","EROFS","ENOENT","EROFS","EROFS","ENOENT","EROFS","EROFS","EXDEV","EROFS","EROFS","EROFS","EROFS","EROFS","EISDIR","ENOTDIR","EROFS"]`},
		{"files can be copied to /tmp", "fs.cpSync('/var/task', '/tmp/copy', { recursive: true }); fs.appendFileSync('/tmp/copy/index.js', '!'); return [fs.readFileSync('/tmp/copy/index.js', 'utf8'), fs.readFileSync('/tmp/copy/data/a.txt', 'utf8')]", `["code!","text é\n"]`},
		{"links lead from /tmp to the code", "fs.symlinkSync('/var/task/data', '/tmp/d'); fs.symlinkSync('../opt/lib', '/tmp/rel'); return [fs.readFileSync('/tmp/d/a.txt', 'utf8'), fs.readdirSync('/tmp/d'), fs.realpathSync('/tmp/d/a.txt'), fs.readFileSync('/tmp/rel/x.js', 'utf8'), code(() => fs.writeFileSync('/tmp/d/b', '')), fs.lstatSync('/tmp/d').isSymbolicLink()]",
			`["text é\n",["a.txt"],"/var/task/data/a.txt","layer","EROFS",true]`},
		{"devices", "fs.writeSync(1, 'out'); fs.writeFileSync('/dev/stderr', 'err'); fs.writeFileSync('/dev/null', 'gone'); return [fs.readFileSync('/dev/null').length, fs.existsSync('/dev/null'), code(() => fs.readSync(1, Buffer.alloc(1)))]", `[0,true,"EBADF"]`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := hosttest.New(t, files, mounts, withTmp(t))
			got := h.Eval(t, "const fs = require('fs'); const code = (f) => { try { f(); return 'done'; } catch (e) { return e.code; } };"+tc.code)
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if tc.name == "devices" && (h.Output(1) != "out" || h.Output(2) != "err") {
				t.Errorf("the log has %q and %q", h.Output(1), h.Output(2))
			}
		})
	}
}
