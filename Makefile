# Shundan 顺单. `make help` lists what can be done here; `make run` is all a newcomer needs.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
.PHONY: help setup run test lint types house ground bench bench-money check messages schema screenshots lock clean FORCE

BIN := .venv/bin
READY := .venv/.ready
NODE_READY := node_modules/.ready
FRONTEND_READY := shundan/ui/static/build/.ready
FRONTEND := $(shell find shundan/ui/frontend -type f 2>/dev/null)
# A clone that was moved has broken paths in its environment: build it again.
MOVED := $(shell test ! -e .venv/.place || test "$$(cat .venv/.place)" = "$$(pwd)" || echo FORCE)
# The first of these that starts and is new enough makes the environment.
PYTHONS := $(PYTHON) python3.13 python3.12 python3.11 python3 python3.14
# Some machines forbid writing byte code; here dozens of processes would compile the same modules each for itself.
export PYTHONDONTWRITEBYTECODE :=
# Chosen words for pytest: make test ARGS="tests/orders -k confirm"
ARGS ?=

help: ## Show this list
	@awk -f tools/help.awk $(MAKEFILE_LIST)

## Every day

run: setup ## Start everything: database, web, worker, on port SHUNDAN_PORT (8000), with demo data
	@export SHUNDAN_DEMO="$${SHUNDAN_DEMO:-1}" && exec $(BIN)/shundan run

test: setup ## Run all tests; ARGS="tests/orders -k confirm" narrows them
	@$(BIN)/python -m tools.prepare_tests
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

check: ## Run exactly what CI runs: setup, lint, types, house, test
	@$(MAKE) --no-print-directory setup
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target types ground house lint
	@$(MAKE) --no-print-directory test

## One check at a time

lint: setup ## Check format and style (ruff)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: setup ## Check types, strictly (mypy with django-stubs)
	@$(BIN)/mypy

house: setup ## Check the walls between rooms, then list guards, effects and subscribers
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tools.house

# The types take one core for a minute. Meanwhile one process compiles what three would compile at once, and migrates the
# database that they copy.
ground: setup
	@$(BIN)/python -m tools.prepare_tests
	@said=$$($(BIN)/python -m pytest -q -k test_the_database_is_the_tests_own) || { echo "$$said" | tail -n 60; exit 1; }

bench: setup ## Measure speed against the raw limit of the same PostgreSQL; ARGS="rules" chooses measures
	@$(BIN)/shundan bench $(ARGS)

bench-money: setup ## Measure pricing, posting of invoices and the age of 100,000 open ones
	@$(BIN)/shundan bench money ageing

## Make and renew

setup: $(READY) $(FRONTEND_READY) ## Build .venv and the front-end files; quick when nothing changed

messages: setup ## Collect the texts of both languages from the code and compile them
	@$(BIN)/python -m tools.messages

schema: setup ## Write docs/api/openapi.json as the code describes the API
	@$(BIN)/python -m tools.drift api --write

screenshots: setup ## Take a picture of every page into docs/pictures
	@$(BIN)/python -m tools.prepare_tests
	@$(BIN)/shundan screenshots

lock: $(READY) ## Renew requirements.lock and package-lock.json within the allowed versions
	@$(BIN)/uv pip compile --quiet --upgrade pyproject.toml --extra dev --generate-hashes --universal -p 3.11 \
		--no-emit-index-url --no-emit-find-links -o requirements.lock
	@$(BIN)/python -m tools.node npm update --package-lock-only
	@$(MAKE) --no-print-directory setup

clean: ## Remove what is built; the data folder .data stays
	rm -rf .venv node_modules shundan/ui/static/build *.egg-info .mypy_cache .ruff_cache .pytest_cache
	rm -rf .import_linter_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

FORCE:

$(READY): requirements.lock pyproject.toml tools/bootstrap.py tools/bootstrap.lock $(MOVED)
	@for python in $(PYTHONS); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			"$$python" tools/bootstrap.py && touch $@ && exit 0; exit 1; \
		fi; \
	done; \
	echo "make: Python 3.11 or newer is needed and was not found."; \
	echo "      Debian, Ubuntu: apt-get install python3 python3-venv; or name one: make PYTHON=/path/to/python3.12"; \
	exit 1

$(NODE_READY): package.json package-lock.json | $(READY)
	@echo "  installing the front-end packages …"
	@$(BIN)/python -m tools.node npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(FRONTEND_READY): tools/build_frontend.mjs $(FRONTEND) $(NODE_READY) | $(READY)
	@$(BIN)/python -m tools.node build_frontend
	@touch $@
