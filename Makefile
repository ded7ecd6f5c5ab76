# Two commands do everything on a fresh Debian-like machine: `make run` and `make test`. Both install what is missing.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

# Builds live outside the checkout, so that a fresh clone is a fast one.
CACHE ?= $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/kaibo
export CARGO_TARGET_DIR ?= $(CACHE)/target
export npm_config_cache ?= $(CACHE)/npm
export PATH := $(CACHE)/bin:$(CACHE)/node/bin:$(HOME)/.cargo/bin:$(PATH)
export KAIBO_CACHE := $(CACHE)
export MEMORY_SERVE_QUIET := 1
ifdef CI
export CARGO_INCREMENTAL := 0
endif

KAIBO := $(CARGO_TARGET_DIR)/ci/kaibo
DATA ?= kaibo-data

.PHONY: help run serve test lint rust-test test-postgres web web-test e2e pictures release bench soak fuzz schemathesis api-test openapi fmt need-run need-test clean

help: ## What can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

run: need-run build ## Install what is missing, build, and start Kaibo with a live demo room
	exec $(KAIBO) serve --data $(DATA) --demo

serve: need-run build ## The same without the demo
	exec $(KAIBO) serve --data $(DATA)

test: need-test lint rust-test web-test api-test e2e ## Install what is missing, and run every check and test

# The tests have built the program already, with their own features; building it again would cost minutes.
test: BUILT := yes

.PHONY: build
build: web
	$(if $(BUILT),test -x $(KAIBO),cargo build --locked --profile ci -p cli)

need-run:
	@tools/need.sh run

need-test:
	@tools/need.sh test

web: web/dist/.vite/manifest.json ## The console and the room page

web/dist/.vite/manifest.json: web/node_modules/.installed $(shell find web/src web/public web/scripts web/*.html web/*.ts web/*.json -type f)
	cd web && npm run --silent build
	touch dist/.vite/manifest.json

web/node_modules/.installed: web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.installed

e2e/node_modules/.installed: e2e/package-lock.json
	cd e2e && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.installed

lint: web
	cargo fmt --all --check
	cargo deny --log-level error check licenses bans sources
	cargo clippy --locked --profile ci --workspace --all-targets -- -D warnings
	cd web && npm run --silent typecheck && npm run --silent lint

# Everything on SQLite, then what keeps records on PostgreSQL too.
rust-test: web
	KAIBO_TEST_DATABASE=sqlite tools/postgres.sh cargo nextest run --locked --cargo-profile ci --workspace --exclude benches --no-fail-fast
	$(MAKE) test-postgres

# Media's tests that only carry pictures are the same on both; ALL=1 runs them too.
CARRY := codecs|disorder|enhanced|ffmpeg|forward|hostile|ladder|ladder_sources|probe|program|reload
test-postgres: web ## The tests of what keeps records, on a private PostgreSQL server
	tools/postgres.sh cargo nextest run --locked --cargo-profile ci --workspace --exclude benches --no-fail-fast \
	  -E '(all() - package(/^(app|cli|events|eventlog|sim|xtask)$$/)) $(if $(ALL),,- (package(media) & test(/^($(CARRY)):/)))'

web-test: build
	$(KAIBO) openapi | diff -u docs/openapi.json - || { echo "docs/openapi.json is not what the program says: make openapi"; exit 1; }
	cd web && npm run --silent api:check
	npm run --silent size && npm test

PYTHON := $(CACHE)/api-venv/bin/python
api-test: build
	export KAIBO_BINARY=$(KAIBO)
	$(PYTHON) tools/api/client.py
	$(PYTHON) tools/api/typescript.py
	$(PYTHON) tools/api/ask.py 5

schemathesis: need-test build ## Ask the API what its description allows and forbids, EXAMPLES (default 100) for each operation
	KAIBO_BINARY=$(KAIBO) $(PYTHON) tools/api/ask.py $${EXAMPLES:-100} --continue-on-failure

e2e: build e2e/node_modules/.installed
	tools/e2e.sh

pictures: build e2e/node_modules/.installed ## Take the pictures of docs/pictures anew
	tools/pictures.sh

openapi: build ## Write docs/openapi.json and the TypeScript client anew
	$(KAIBO) openapi > docs/openapi.json
	cd web && npm run --silent api

release: need-run web ## The real thing: optimised for speed
	cargo build --locked --release -p cli

bench: need-test release ## Every benchmark, with its peers where they are installed
	for bin in eventlog packaging relay delivery fanout metrics audience permission collect danmaku vault gate text; do cargo run --locked --release -p benches --bin $$bin; done
	cargo run --locked --release -p benches --bin quality -- $(wildcard $(KAIBO_DATA)/moderation)
	cargo run --locked --release -p benches --bin pictures
	KAIBO_BINARY=$(CARGO_TARGET_DIR)/release/kaibo cargo run --locked --release -p benches --bin coldstart
	KAIBO_BINARY=$(CARGO_TARGET_DIR)/release/kaibo tools/postgres.sh cargo run --locked --release -p benches --bin rooms

soak: need-test release ## HOURS (default 2) of ten encoders, reconnects, viewers and clips: memory and disk must stay flat
	cargo run --locked --release -p benches --bin soak -- --hours $${HOURS:-2}

fuzz: need-test ## Every fuzz target, SECONDS each (default 600)
	for target in rtmp rtmp_client tags amf program mkv ws_frames batch posthog sensors cloudevents ga4 danmaku_xml recording table cdn_log text list model; do tools/fuzz.sh $$target $${SECONDS_EACH:-600}; done

fmt:
	cargo fmt --all
