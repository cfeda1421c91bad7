# Two commands do all: `make demo` and `make test`. Everything else is a part of them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3.11
BIN := .venv/bin
SOURCES := models optimizer simulations reports services api
TREES := $(SOURCES) tests benchmarks
# One more than there are cores: a third of the time that tests take is waiting, for servers, browsers and clocks.
PYTEST_WORKERS ?= $(shell echo $$(( $$(nproc) + 1 )))
# The first has no windows: a page takes it a quarter of what it takes the whole browser, which serves as well.
CHROMIUM := chromium-headless-shell chromium
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONDONTWRITEBYTECODE :=
export VIRTUAL_ENV := $(CURDIR)/.venv
export UV_SYSTEM_CERTS := 1

.PHONY: help setup demo test check lint types contracts lock-check lock bench bench-optimizer bench-replanning bench-simulator bench-live bench-pages bench-reports test-faults screenshots serve clean browser

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready ## Set up .venv from the hash-locked requirements and compile the kernels

.venv/.ready: requirements.lock pyproject.toml Makefile
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is needed (or PYTHON=...)" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "installing Debian's python3-venv"; \
	  { apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null; } \
	  || { echo "make: $(PYTHON) has no venv module; install Debian's python3-venv as root" >&2; exit 2; }; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing the locked requirements into .venv"
	@awk '/^uv==/{on=1} on{print} on && !/\\$$/{exit}' requirements.lock > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.txt
	@$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock || { \
	  echo "uv could not fetch them; trying pip, which is slower"; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock; }
	@$(BIN)/uv pip install --quiet --no-build-isolation --no-deps --no-index --editable .
	@echo "compiling the kernels, once"
	@$(BIN)/swingdesk warm-up
	@touch $@

demo: setup ## Create the demo office, plan its day, write the plan to build/demo
	@$(BIN)/swingdesk demo build/demo

browser:
	@command -v chromium-headless-shell >/dev/null || { \
	  echo "installing Debian's chromium for the browser tests"; \
	  { apt-get update -qq && for one in $(CHROMIUM); do \
	    apt-get install -y -qq --no-install-recommends $$one fonts-dejavu-core >/dev/null && break; done; } \
	  || { command -v chromium || command -v chromium-browser; } >/dev/null \
	  || { echo "make: the browser tests need one of Debian's $(CHROMIUM); install it as root" >&2; exit 2; }; }

test: setup browser ## Run all tests, on SQLite and PostgreSQL and in a real browser
	@$(BIN)/python -m pytest -n $(PYTEST_WORKERS) tests

screenshots: setup browser ## Take every page light, dark, on a phone and in Spanish into build/screenshots; renew the README's pictures
	@$(BIN)/python -m pytest -n 0 -q tests/api/pages/screenshots.py

test-faults: setup ## Kill servers and the database under load, and see that nothing is lost; FAULTS="--tasks 2000" and the like go to it
	@$(BIN)/python -m benchmarks.faults $(FAULTS)

check: lint types contracts lock-check ## Lint, types, import contracts, lock

lint: setup
	@$(BIN)/ruff check $(TREES)
	@$(BIN)/ruff format --check $(TREES)

types: setup
	@$(BIN)/mypy $(TREES)

contracts: setup
	@$(BIN)/lint-imports

COMPILE := uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet

lock: setup ## Renew requirements.lock from pyproject.toml
	@$(BIN)/$(COMPILE) --upgrade --output-file requirements.lock

lock-check: setup
	@cp requirements.lock .venv/lock.check
	@$(BIN)/$(COMPILE) --output-file .venv/lock.check
	@cmp -s requirements.lock .venv/lock.check || { echo "requirements.lock does not match pyproject.toml: make lock" >&2; exit 1; }
	@! grep -nE 'https?://' requirements.lock

bench: setup ## Print the benchmark tables
	@$(BIN)/python -m benchmarks

bench-optimizer: setup ## Print our planner and its peers side by side; PEERS="--sizes 5000x200" and the like go to it
	@if command -v java >/dev/null; then \
	  $(BIN)/uv pip install --quiet --require-hashes --no-deps -r benchmarks/peers/timefold.txt \
	  || echo "uv could not fetch Timefold: it is not run"; fi
	@$(BIN)/python -m benchmarks.peers $(PEERS)

bench-replanning: setup ## Print how soon and how calmly a plan is mended when the day changes
	@$(BIN)/python -m benchmarks.replanning

bench-simulator: setup ## Print how fast the simulator is beside SimPy, Ciw, Python and C
	@$(BIN)/python -m benchmarks.simulator

bench-live: setup ## Print how soon the next task is offered, and the claims a second
	@$(BIN)/python -m benchmarks.live $(LIVE)

bench-pages: setup ## Print what each page takes the server at 500 agents and 50,000 tasks, and how the day chart feels
	@$(BIN)/python -m benchmarks.pages $(PAGES)

bench-reports: setup ## Print what the waiting split and the waste ledger cost
	@$(BIN)/python -m benchmarks.reports

serve: setup ## Serve the stored plans on http://127.0.0.1:8765: yours, or while there are none the demo's
	@if [[ -z "$${SWINGDESK_DATABASE_URL:-}" && ! -e swingdesk.sqlite3 && -e build/demo/demo.sqlite3 ]]; then \
	  export SWINGDESK_DATABASE_URL=sqlite:///build/demo/demo.sqlite3; fi; \
	  exec $(BIN)/swingdesk serve

clean: ## Remove what the commands made
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
