# The everyday commands. `make run` and `make test` need only Python 3.11 to 3.13 and make.
PYTHON ?= python3
BIN := .venv/bin
DATA ?= data

.PHONY: setup run test browser lint format types check ui bench lock clean

setup: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14) and "pCES heeft Python 3.11, 3.12 of 3.13 nodig.")'
	@echo "Omgeving klaarzetten in .venv (de eerste keer enkele minuten) ..."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	PATH="$(CURDIR)/.venv/bin:$$PATH" $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

run: setup
	$(BIN)/pces --data $(DATA) sample --if-empty
	$(BIN)/pces --data $(DATA) run

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# Needs node and chromium, which `make test` does not. A page that is wrong on purpose must be found wrong.
browser: setup
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund
	pages=$$(mktemp -d) && trap 'rm -rf "$$pages"' EXIT && $(BIN)/python -m tests.browser.pages "$$pages" \
		&& node tests/browser/check.mjs "$$pages" && ! node tests/browser/check.mjs tests/browser/broken.html >/dev/null

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup
	$(BIN)/pyright

ui: setup
	$(BIN)/pces --data $(DATA) ui

bench: setup
	$(BIN)/python -m benchmarks.run

# Renew the locked versions (needs uv): hashes, no addresses, one file for every Python and system.
lock:
	uv pip compile --universal --generate-hashes --no-strip-extras --no-header --no-emit-index-url \
		pyproject.toml --group dev --extra oracle -o requirements.lock

clean:
	rm -rf .venv
