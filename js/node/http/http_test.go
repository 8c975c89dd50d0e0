package http_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lambent-run/lambent/js/module"
	"github.com/lambent-run/lambent/js/node/internal/hosttest"
	"github.com/lambent-run/lambent/js/node/internal/nodecase"
)

func TestMessagesAnswerAsNodeDoes(t *testing.T) {
	t.Parallel()
	nodecase.Run(t, "testdata/http.json")
}

// server answers what the tests of the clients ask for.
func server(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Method", r.Method)
		w.Header().Set("X-Agent", r.Header.Get("User-Agent"))
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		w.WriteHeader(http.StatusCreated)
		_, _ = fmt.Fprintf(w, "%s|%s|%s|%d", r.URL.RawQuery, r.Header.Get("X-In"), body, r.ContentLength)
	})
	mux.HandleFunc("/redirect/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/echo?from="+r.Method, map[string]int{"/redirect/302": 302, "/redirect/307": 307}[r.URL.Path])
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/gzip", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write([]byte("compressed"))
		_ = z.Close()
	})
	mux.HandleFunc("/large", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("0123456789", 100_000))
	})
	mux.HandleFunc("/never", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "short")
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func TestClientsExchangeMessages(t *testing.T) {
	t.Parallel()
	const get = `const get = (path, o = {}, body) => new Promise((resolve, reject) => {
  const req = require('http').request(base + path, o, (res) => { let s = ''; res.on('data', (c) => { s += c; }); res.on('end', () => resolve([res.statusCode, s, res])); res.on('error', reject); });
  req.on('error', reject); req.end(body); });
`
	tests := []struct{ name, code, want string }{
		{"http.request sends and receives", get + `const [status, text, res] = await get('/echo?q=1', { method: 'POST', headers: { 'X-In': 'in' } }, 'body'); return [status, text, res.headers['x-method'], res.headers['x-agent'], res.headers['set-cookie'], res.complete, res.statusMessage, res.httpVersion];`,
			`[201,"q=1|in|body|4","POST","",["a=1","b=2"],true,"Created","1.1"]`},
		{"http.get ends by itself", `return await new Promise((r) => require('http').get(base + '/echo', (res) => { res.resume(); res.on('end', () => r(res.statusCode)); }));`, `201`},
		{"a request is written in pieces", `const req = require('http').request(base + '/echo', { method: 'PUT' }); req.write('one '); req.write(Buffer.from('two ')); req.end('three'); return await new Promise((r) => req.on('response', (res) => { let s = ''; res.on('data', (c) => { s += c; }).on('end', () => r(s)); }));`, `"||one two three|13"`},
		{"http.request does not follow redirects", get + `const [status, , res] = await get('/redirect/302'); return [status, res.headers.location];`, `[302,"/echo?from=GET"]`},
		{"bodies are not decoded", get + `const [, , res] = await get('/gzip'); return res.headers['content-encoding'];`, `"gzip"`},
		{"large bodies arrive in parts", `const [n, parts] = await new Promise((r) => require('http').get(base + '/large', (res) => { let n = 0, parts = 0; res.on('data', (c) => { n += c.length; parts++; }).on('end', () => r([n, parts])); })); return [n, parts > 1];`, `[1000000,true]`},
		{"a refused connection is an error event", `return await new Promise((r) => require('http').get('http://127.0.0.1:1/').on('error', (e) => r([e.code, e.syscall, e.message])));`, `["ECONNREFUSED","connect","connect ECONNREFUSED 127.0.0.1:1"]`},
		{"destroy ends a request", `const out = []; const req = require('http').get(base + '/never'); req.on('error', (e) => out.push(e.code)); await new Promise((r) => { req.on('close', r); setTimeout(() => req.destroy(), 5); req.on('response', (res) => { res.on('error', () => {}); }); }); return [out.length < 2, req.destroyed];`, `[true,true]`},
		{"a time-out is an event", `return await new Promise((r) => { const req = require('http').get(base + '/never', { timeout: 20 }, (res) => res.on('error', () => {})); req.on('timeout', () => { r('timeout'); req.destroy(); }); req.on('error', () => {}); });`, `"timeout"`},
		{"fetch sends and receives", `const r = await fetch(base + '/echo?q=1', { method: 'POST', body: 'body', headers: { 'X-In': 'in' } }); return [r.status, r.ok, await r.text(), r.headers.get('x-method'), r.headers.get('x-agent'), r.headers.getSetCookie(), r.url === base + '/echo?q=1', r.redirected, r.type];`,
			`[201,true,"q=1|in|body|4","POST","node",["a=1","b=2"],true,false,"basic"]`},
		{"fetch follows redirects", `const r = await fetch(base + '/redirect/302', { method: 'POST', body: 'x' }); const s = await fetch(base + '/redirect/307', { method: 'POST', body: 'x' }); return [r.redirected, r.headers.get('x-method'), await r.text(), s.headers.get('x-method'), await s.text()];`,
			`[true,"GET","from=POST|||0","POST","from=POST||x|1"]`},
		{"fetch may leave redirects alone", `const r = await fetch(base + '/redirect/302', { redirect: 'manual' }); return [r.status, r.headers.get('location'), await fetch(base + '/redirect/302', { redirect: 'error' }).catch((e) => [e.name, e.message, e.cause.message])];`,
			`[302,"/echo?from=GET",["TypeError","fetch failed","unexpected redirect"]]`},
		{"fetch gives up on loops", `return await fetch(base + '/loop').catch((e) => [e.name, e.cause.message]);`, `["TypeError","redirect count exceeded"]`},
		{"fetch decodes bodies", `return await (await fetch(base + '/gzip')).text();`, `"compressed"`},
		{"fetch reads JSON and streams", `const r = await fetch(base + '/large'); const reader = r.body.getReader(); let n = 0; for (let x; !(x = await reader.read()).done;) n += x.value.length; return n;`, `1000000`},
		{"fetch can be aborted", `const c = new AbortController(); setTimeout(() => c.abort(), 10); const r = await fetch(base + '/never', { signal: c.signal }).catch((e) => e); const text = r instanceof Response ? await r.text().catch((e) => e.name) : r.name; return text;`, `"AbortError"`},
		{"fetch times out", `const r = await fetch(base + '/never', { signal: AbortSignal.timeout(20) }).catch((e) => e); return r instanceof Response ? await r.text().catch((e) => e.name) : r.name;`, `"TimeoutError"`},
		{"fetch reports failures by their cause", `return await fetch('http://127.0.0.1:1/').catch((e) => [e.name, e.message, e.cause.code]);`, `["TypeError","fetch failed","ECONNREFUSED"]`},
		{"a body that is cut short is an error", `return await (await fetch(base + '/broken')).text().catch((e) => [e.name, e.cause.code]);`, `["TypeError","ECONNRESET"]`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := server(t)
			h := hosttest.New(t, func(sys *module.System) { sys.HTTP = &http.Transport{} })
			_ = h.VM().Set("base", s.URL)
			if got := h.Eval(t, tc.code); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestWithoutNetworkRequestsFail(t *testing.T) {
	t.Parallel()
	h := hosttest.New(t)
	got := h.Eval(t, `const e = await new Promise((r) => require('https').get('https://example.com/').on('error', r)); const f = await fetch('https://example.com/').catch((e) => e.cause); return [e.code, e.message, f.code]`)
	if want := `["ENETUNREACH","connect ENETUNREACH example.com:443: the function has no network","ENETUNREACH"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
