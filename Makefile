# Every target sets up what it needs and is not there yet; a second run finds it done.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input
# Which tests to run, in how many processes: make test T=tests/video J=1
T ?= tests
J ?= auto

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: site
site: .venv/.installed node_modules/.vendored ## Build content/ into public/ and say how to look at it
	@$(BIN)/python -m sitegen build content -o public
	@echo
	@echo "The site is in public/. Open public/index.html, or serve it:"
	@echo "    python3 -m http.server --directory public 8000"
	@echo "and visit http://localhost:8000/. While you write, make serve shows it in the browser."

.PHONY: serve
serve: .venv/.installed node_modules/.vendored ## Show content/ in the browser while it is being written
	@$(BIN)/python -m sitegen serve content --port auto

.PHONY: test
test: .venv/.developing node_modules/.vendored tests/audit/node_modules/.ready ## Run all tests (make test T=tests/video J=1 for some)
	@scripts/chromium.sh
	@$(BIN)/python -m pytest -n $(J) --dist worksteal $(T)

.PHONY: check
check: .venv/.developing ## Lint, formatting, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

.PHONY: format
format: .venv/.developing ## Format the code and mend what the linter can
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

.PHONY: words
words: .venv/.developing ## Find the interface's texts, update translations/, make what is built with; say what is missing
	@$(BIN)/python scripts/words.py

.PHONY: audit
audit: .venv/.developing node_modules/.vendored tests/audit/node_modules/.ready ## Validate built pages, and ask Lighthouse about them
	@scripts/chromium.sh
	@$(BIN)/python -m pytest -n $(J) tests/audit

.PHONY: coverage
coverage: .venv/.developing node_modules/.vendored tests/audit/node_modules/.ready ## Run all tests and print which branches none took
	@scripts/chromium.sh
	@$(BIN)/python -m pytest -n $(J) --cov --cov-report=term $(T)

.PHONY: bench
bench: .venv/.benchmarking node_modules/.vendored ## CPU seconds of a build, and the ratio to Hugo's
	@$(BIN)/python benchmarks/build.py --peers

.PHONY: wheel
wheel: .venv/.developing node_modules/.vendored ## Make the wheel and the source distribution in dist/
	@rm -rf dist
	@$(BIN)/python -m build --no-isolation --outdir dist . > /dev/null
	@ls -l dist

.PHONY: vendor
vendor: .venv/.made ## Fetch the fonts, icons and libraries of the theme again
	@scripts/vendor.sh
	@touch node_modules/.vendored

.PHONY: lock
lock: .venv/.developing ## Pin the newest versions that pyproject.toml and requirements/*.in allow
	@scripts/lock.sh

.PHONY: clean
clean: ## Remove what builds and tests made
	rm -rf public dist build .sitegen content/.sitegen .coverage* htmlcov test-results
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find sitegen tests benchmarks scripts -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: distclean
distclean: clean ## Remove what was set up as well
	rm -rf .venv node_modules tests/audit/node_modules static/vendor

# ---- set-up ---------------------------------------------------------------------------------------
# Empty files in .venv and node_modules say what is done; one whose result is gone does not count.

$(shell [ -d static/vendor ] || rm -f node_modules/.vendored)

.venv/.made: scripts/venv.sh
	@scripts/venv.sh
	@touch $@

.venv/.installed: .venv/.made requirements/run.txt requirements/build.txt pyproject.toml
	@echo "Installing sitegen and what it runs on into .venv"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.developing: .venv/.installed requirements/dev.txt
	@echo "Installing the tools of tests and checks into .venv"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

.venv/.benchmarking: .venv/.installed requirements/bench.txt
	@$(PIP) install --require-hashes -r requirements/bench.txt
	@touch $@

node_modules/.vendored: package-lock.json package.json scripts/vendor.mjs scripts/vendor.sh | .venv/.made
	@echo "Fetching the fonts, icons and libraries of the theme into static/vendor"
	@scripts/vendor.sh
	@touch $@

# Apart from the theme's packages: nobody who builds a site needs them.
tests/audit/node_modules/.ready: tests/audit/package-lock.json tests/audit/package.json scripts/audit.sh | .venv/.made
	@echo "Fetching what looks over built pages into tests/audit"
	@scripts/audit.sh
	@touch $@
