# Khiu: `make demo` shows a whole centre, `make test` proves it.  Both set up by themselves.

PYTHON ?= python3
ROLE   ?= hall screen
OUT    ?= out
BIN    := .venv/bin
VOICE  := build/voice

.DEFAULT_GOAL := help
.PHONY: help setup demo morning test check bench lock install uninstall clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: packages .venv/installed $(VOICE)/built  ## what is missing: Debian packages, .venv, the voice

.PHONY: packages
packages:
	@systemd/packages dev

.venv/installed: requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VOICE)/built: .venv/installed $(wildcard display/voice/*.py)
	$(BIN)/khiu-screen voice build $(VOICE)
	@touch $@

demo: setup  ## the whole centre on this machine; with no display, a scripted morning
	$(BIN)/khiu-centre demo

morning: setup  ## the scripted morning; tickets, speech, pictures, messages in $(OUT)
	$(BIN)/khiu-centre --morning $(OUT)

test: setup  ## all tests
	$(BIN)/python -m pytest

check: setup  ## lint, format, types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

clean:  ## everything that was made here, but not .venv
	rm -rf build out .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
