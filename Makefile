# The words of the house. `make` alone prints them; all they need is made in .venv from the hashed locks.

# The first of these that is at least 3.11 and can make an environment is used: `make run PYTHON=/path/to/python`.
PYTHON ?= python3.13 python3.12 python3.11 python3
PORT ?= 8000
RESIDENTS ?= 1000
CASES ?= 60000

VENV := .venv/bin/python
FLASK := $(VENV) -m flask
PIP := $(VENV) -m pip --disable-pip-version-check install --quiet --require-hashes
DENO := DENO_DIR=.venv/.deno DENO_NO_UPDATE_CHECK=1 .venv/bin/deno
COMPILE := $(VENV) -m uv --no-config pip compile --quiet --universal --generate-hashes \
	--no-emit-index-url --no-annotate --no-header $(if $(UPGRADE),--upgrade)

.PHONY: help run test fuzz storm faults bench bench-web check types fix seed jobs migration postgres lock vendor icons \
	pictures clean

help: ## print these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: .venv/.runtime ## migrate, load the sample city into an empty catalogue, serve and run the jobs (PORT=8000)
	@$(FLASK) db upgrade && $(FLASK) sample && exec $(FLASK) serve --port $(PORT)

test: .venv/.dev ## every test, on SQLite and PostgreSQL (ARGS="-k ledger --db sqlite" for some)
	$(VENV) -m pytest --numprocesses=logical --maxprocesses=8 --dist=worksteal $(ARGS)

fuzz: .venv/.dev ## 60,000 made-up and bent requests by every role, all corpora, and what was answered (CASES=60000)
	BONAFETA_FUZZ_CASES=$(CASES) $(VENV) -m pytest tests/fuzz --numprocesses=logical --dist=worksteal $(ARGS)

storm: .venv/.dev ## many at once on what may happen once, at full size, with and without the guards (ARGS="--db sqlite")
	@$(VENV) -m tests.storms $(ARGS)

faults: .venv/.dev ## kill, cut, fill and crash everything, and see that nothing is lost (ARGS="--only network")
	@$(VENV) -m tests.faults $(ARGS)

bench: .venv/.bench ## how fast it is, as shares of what this machine can do (ARGS="--full", "--only buy", "--help")
	@$(VENV) -m bench $(ARGS)

bench-web: .venv/.dev ## when each face shows its content on a slow phone and a bad line (needs chromium; ARGS="--rounds 9")
	@$(VENV) -m bench.web $(ARGS)

check: .venv/.dev ## what CI runs: format, ruff, types, tests
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check .
	$(VENV) -m mypy
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory test

types: .venv/.dev ## check the types of the pages, and that what they ask for is in the API
	$(DENO) check --quiet --no-remote --config web/deno.json web

fix: .venv/.dev ## put format and imports right
	$(VENV) -m ruff check --fix-only .
	$(VENV) -m ruff format .

seed: .venv/.runtime ## add made-up residents with a history (RESIDENTS=1000)
	$(FLASK) seed --residents $(RESIDENTS)

jobs: .venv/.runtime ## run the jobs alone, in this terminal
	@exec $(FLASK) jobs run

migration: .venv/.runtime ## write a migration from the models (M="Add appeals")
	@test -n "$(M)" || { echo 'Say what it does: make migration M="Add appeals"' >&2; exit 1; }
	$(FLASK) db migration --message "$(M)"

postgres: .venv/.dev ## start an empty PostgreSQL until Ctrl-C and print its URL
	@exec $(VENV) -m tests.postgres

lock: .venv/.dev ## write the locks again from pyproject.toml (UPGRADE=1 for newer versions)
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	$(COMPILE) pyproject.toml --extra dev --extra bench --constraint requirements-dev.lock --output-file requirements-bench.lock
	@! grep --line-number -E '://|@ ' requirements.lock requirements-dev.lock requirements-bench.lock

vendor: .venv/.runtime ## fetch again what the pages take from others, as web/vendor.json lists it (needs npm)
	$(VENV) web/vendor.py

icons: .venv/.runtime ## draw the pictures that phones put on their screens
	$(VENV) web/icons.py

pictures: .venv/.dev ## draw the README's three pictures anew (needs Chromium)
	$(VENV) -m pytest tests/web/readme_pictures.py --quiet

clean: ## remove the environment and the caches; instance/ and its data stay
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment without pip was interrupted half-way: it is made anew.
.venv/bin/pip:
	@for python in $(PYTHON); do \
		if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Making the environment with $$("$$python" --version) ..."; exec "$$python" -m venv --clear .venv; \
		fi; \
	done; \
	echo "No Python 3.11 or newer that can make an environment among: $(PYTHON)." >&2; \
	echo "Install one (on Debian or Ubuntu: apt install python3 python3-venv) or name it: make PYTHON=/path/to/python" >&2; \
	exit 1

.venv/.runtime: requirements.lock | .venv/bin/pip
	@echo "Installing what requirements.lock lists ..."
	@$(PIP) --requirement requirements.lock
	@touch $@

# The second lock holds all of the first.
.venv/.dev: requirements-dev.lock | .venv/bin/pip
	@echo "Installing what requirements-dev.lock lists ..."
	@$(PIP) --requirement requirements-dev.lock
	@touch .venv/.runtime $@

# The third lock holds all of the second, and what the peer of the benchmark is made of.
.venv/.bench: requirements-bench.lock | .venv/bin/pip
	@echo "Installing what requirements-bench.lock lists ..."
	@$(PIP) --requirement requirements-bench.lock
	@touch .venv/.runtime .venv/.dev $@
