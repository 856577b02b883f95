# Khiu: `make demo` shows a whole centre, `make test` proves it.  Both set up by themselves.

PYTHON ?= python3
ROLE   ?= hall screen
OUT    ?= out
BIN    := .venv/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
# no index address, no header: a lock file says what, never from where
LOCK   := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
          --no-header --no-emit-index-url --no-emit-find-links --upgrade pyproject.toml --extra pi

.DEFAULT_GOAL := help
.PHONY: help setup packages demo morning pictures test check thai bench office faults appliance lock install uninstall clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: packages .venv/installed build/voice/built  ## what is missing: Debian packages, .venv with the commands, the voice

packages:
	@systemd/packages dev

.venv/installed: requirements-dev.lock pyproject.toml | packages
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Khiu needs Python 3.11 or newer")'
	@test -x $(BIN)/python || { echo "making .venv"; $(PYTHON) -m venv .venv; }
	@echo "installing the locked libraries into .venv"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

build/voice/built: .venv/installed $(wildcard display/voice/*.py broker/voice/*.py)
	@echo "making the voice"
	@$(BIN)/khiu-screen voice build build/voice
	@touch $@

demo: setup  ## the whole centre on this machine; with no display, the scripted morning
	$(BIN)/khiu-centre

morning: setup  ## the scripted morning: tickets, speech, pictures and messages in OUT=out
	$(BIN)/khiu-centre --morning $(OUT)

pictures: morning  ## the README's pictures anew, from the scripted morning
	@mkdir -p tests/pictures
	@for name in kiosk-home kiosk-ticket kiosk-printer-fault board-calling board-idle survey; do \
	  convert $(OUT)/screens/$$name.png -resize '960x720>' -colors 128 -strip png8:tests/pictures/$$name.png; done
	@convert $(OUT)/tickets/B001.png -colors 16 -strip png8:tests/pictures/ticket.png

test: setup  ## all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup  ## lint, format, types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy systemd/install systemd/place.py

thai: setup  ## Thai on screen, on paper and in the air: all that can be seen or measured, into build/thai/index.html
	$(BIN)/python tests/thai_page.py

bench: setup  ## press to board, touch to paper, idle CPU, reports of ten years, each against a floor of the same run
	$(BIN)/python tests/bench.py
	$(BIN)/python tests/bench_reports.py

office: setup  ## a day's work at the desk in a real browser: every page seen, held to WCAG 2.2 AA, pictures in build/office
	@systemd/packages office
	$(BIN)/python tests/office.py

faults: setup  ## kills, cuts, fills, tears and floods a running centre for an hour; prints what was lost (root)
	@systemd/packages faults
	$(BIN)/python tests/faults.py $(PARTS)

appliance:  ## installs into a container with a real systemd and breaks things there (root, some minutes)
	tests/appliance

install:  ## as root: put roles on this machine, ROLE="hall screen kiosk buttons" or ROLE=centre
	systemd/install $(ROLE)

uninstall:  ## as root: take them off again; data and configuration stay
	systemd/install --uninstall

lock:  ## the two lock files anew, from pyproject.toml
	@test -x build/lock/bin/uv || { $(PYTHON) -m venv build/lock; build/lock/bin/python -m pip --quiet install uv; }
	build/lock/bin/$(LOCK) --output-file requirements.lock
	build/lock/bin/$(LOCK) --extra dev --constraints requirements.lock --output-file requirements-dev.lock

clean:  ## what was made here, but not .venv
	rm -rf build out .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
