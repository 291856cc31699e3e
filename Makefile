# Few targets: demo, test, bench, lint, clean. Each sets up what it needs; nothing outside this folder is changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := pyproject.toml verify/pyproject.toml constraints.txt

.PHONY: demo test lint bench counter serve clean help

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/.installed: $(SETUP)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Evenhand needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make PYTHON=python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Evenhand into $(VENV) (once; about two minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e . -e verify
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests need (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,spark,trips,paper,bench]' -e verify
	@touch $@

demo: $(VENV)/.installed  ## a generated country, three months, claims tested: the whole flow in half a minute
	@$(BIN)/evenhand demo $(ARGS)

counter: $(VENV)/.installed  ## the app of distribution points, built into the web package (needs Node 20)
	@$(BIN)/python counter/build.py

serve: counter  ## the server for browsers and phones on this machine
	@$(BIN)/evenhand serve $(ARGS)

test: $(VENV)/.installed-dev  ## everything but the slow national runs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache
	@sh tests/browser/setup.sh $(BIN)
	@$(BIN)/python counter/build.py --or-skip
	@$(BIN)/python counter/build.py --or-skip --test
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not slow' $(ARGS)

lint: $(VENV)/.installed-dev  ## format and check
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format . ; $(BIN)/mypy ; $(BIN)/lint-imports --no-cache

bench: $(VENV)/.installed-dev  ## speed and memory, as ratios where there is a baseline
	@$(BIN)/python -m benchmarks $(ARGS)

clean:  ## remove what make made here
	rm -rf $(VENV) demo out build dist counter/node_modules counter/dist src/evenhand/web/counter
