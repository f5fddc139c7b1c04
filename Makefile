# Stem van de stad: `make help` lists what can be done. Everything happens inside this folder.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
SIZE ?= A
PART ?= all
PY := .venv/bin/python
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help setup dev run check test bench oracle lock translations format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: ## Prepare all that serving needs: environment, locked packages, assets, translations
	@$(PYTHON) tools/prepare.py run

dev:
	@$(PYTHON) tools/prepare.py dev

run: export DEMO := 1
run: export SITE_URL ?= http://$(HOST):$(PORT)
run: export HOST := $(HOST)
run: export PORT := $(PORT)
run: setup ## Serve the demo on http://127.0.0.1:8000 (HOST and PORT choose another address)
	@$(PY) -m flask --app wsgi db upgrade
	@$(PY) -m flask --app wsgi seed --if-empty
	@echo "  serving http://$(HOST):$(PORT) (Ctrl-C stops it)"
	@exec $(PY) -m tools.serve

check: dev ## Inspect the code: style, types, floors, templates, structure, translations
	@echo "  ruff";         $(PY) -m ruff check --quiet .
	@echo "  ruff format";  $(PY) -m ruff format --quiet --check .
	@echo "  mypy";         $(PY) -m mypy --no-error-summary
	@echo "  import-linter"; $(PY) -m tools.quiet .venv/bin/lint-imports --no-logo
	@echo "  djlint";       $(PY) -m tools.quiet $(PY) -m djlint templates --lint --quiet
	@echo "  structure";    $(PY) -m pytest -q -n0 tests/structure

test: dev ## Run every test, on SQLite and on a real PostgreSQL, and in a browser
	@$(PY) -m pytest -q

bench: dev ## Measure the site beside a bare Flask route, the ranking beside a library (SIZE=S, A or B; PART=site, ranking, moderation or live)
	@$(PY) -m tests.benchmark --size $(SIZE) --part $(PART)

oracle: ## Compare the agenda with an independent library on random instances (fetches it; TIMES=5 compares more)
	@$(PYTHON) tools/prepare.py oracle
	@.venv-oracle/bin/python -m tests.oracle --times $(or $(TIMES),1)

lock: setup ## Resolve the dependencies of pyproject.toml again and write the locks (UPGRADE=1 takes newer ones)
	@$(PY) -m tools.lock $(if $(UPGRADE),--upgrade)

translations: dev ## Take new strings into the catalogues and name those without a translation
	@$(PY) -m tools.translations

format: dev ## Put the Python files in their fixed form
	@$(PY) -m ruff check --quiet --fix . ; $(PY) -m ruff format --quiet .

clean: ## Remove what was made here: environments, built files and caches; the data in instance/ stays
	@rm -rf .venv .venv-oracle static/build static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find app tests tools migrations -name __pycache__ -prune -exec rm -rf {} +
	@find app/translations -name '*.mo' -delete
