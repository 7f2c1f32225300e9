# Two commands on a fresh machine: `make run` and `make test`. Every install step is here.
# Needs: Debian (or alike), Python 3.11 with venv, make. `make setup` alone leaves .venv/bin/mobility working.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
SOURCES := mobility tests migrations bench hatch_build.py
# Two workers: browsers and databases are part of the tests, and two cores are what a small machine has.
WORKERS ?= 2

# Without compiled modules every process would compile the program again, some seconds each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test check quick bench drill browser catalogues lock clean help
.DEFAULT_GOAL := help

help:
	@echo "make run     start Mobility with demo data on http://127.0.0.1:8000 (MOBILITY_PORT changes it)"
	@echo "make test    everything that CI checks"
	@echo "make quick   the tests on SQLite only, without a browser"
	@echo "make bench   figures against the goals, as JSON lines"
	@echo "make drill   what is promised about reminders, with processes killed and mail servers failing, as JSON lines"
	@echo "make setup   only the virtual environment"

$(VENV)/.base: requirements.lock requirements-build.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked requirements (hashes checked)"
	@$(PIP) install --require-hashes -r requirements-build.lock -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements-dev.lock
	@echo "Installing the locked test requirements (hashes checked)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.base catalogues

catalogues: $(VENV)/.base
	@$(BIN)/mobility translations compile --quiet

run: setup
	@exec $(BIN)/mobility run --demo

browser:
	@sh .ci/browser.sh

check: $(VENV)/.dev catalogues
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/mobility translations check
	$(BIN)/mobility treaties check

test: $(VENV)/.dev browser check
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -q

quick: $(VENV)/.dev catalogues
	$(BIN)/pytest -n $(WORKERS) -q --database sqlite -m "not browser"

bench: $(VENV)/.dev catalogues
	$(BIN)/python -m bench $(BENCH)

drill: $(VENV)/.dev catalogues
	$(BIN)/python -m tests.drills $(DRILL)

lock: $(VENV)/.dev
	for part in "" -build -dev; do $(BIN)/uv pip compile requirements$$part.in --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header -q -o requirements$$part.lock; done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
