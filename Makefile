# Lambent. `make run` shows a reply, `make check` is what CI runs.
GO ?= go
BIN := .cache/bin/lambent

.PHONY: help build run test check fmt bench bench-peers fuzz hammer conform

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the command into .cache/bin
	$(GO) build -o $(BIN) ./cmd/lambent

run: build ## serve the examples on a free port and show the reply of one
	@sh examples/run.sh $(BIN)

test: ## run all tests with the race detector
	$(GO) test -race -timeout 15m ./...

fmt:
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "gofmt wants to change:"; echo "$$out"; exit 1; fi

check: fmt ## format, vet, layout, race tests, every benchmark once
	$(GO) vet ./...
	$(GO) test -race -timeout 15m ./...
	$(GO) test -tags lambent_nolazy ./js/internal/codec ./js/internal/lazy ./invoker/conform
	$(GO) test -run '^$$' -bench . -benchtime 1x ./...

bench: ## the Go benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-peers: ## the same handlers in Lambent and its rivals, one table
	$(GO) run ./bench/peers

fuzz: ## fuzz each parser for 20 seconds
	@sh bench/fuzz.sh

hammer: ## isolates, modules and clients by the hundred, 30 seconds each, race detector; then hostile modules, and 300 crashes
	$(GO) test -race -p 1 -run 'Hammer|Storm|Many' -hammer 30s ./runtime ./runtime/registry ./sandbox/link ./invoker
	$(GO) test -v -run Neighbours -soak 30s ./sandbox
	$(GO) test -run Killed -kills 300 ./runtime/store/local

conform: ## replay the recorded answers of AWS's own client
	$(GO) test ./invoker/conform
