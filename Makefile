# One command each. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
READY := $(VENV)/.ready
# One more than the two processors that they need: much of what tests do is wait.
WORKERS ?= 3
UV_LOCK := .ci/uv.lock
LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate
PRODUCT := bot handlers knowledge partner_api scheduler
CODE := $(PRODUCT) tests

.DEFAULT_GOAL := help
.PHONY: help setup demo test bytecode check lint format types migrate migration lock clean

help: ## List the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(READY) ## Make .venv with the product and its tools, from the lock file
demo: $(READY) ## Start server, LINE simulator and sample data; prints the page to open
	$(BIN)/shopkeeper demo

test: $(READY) ## Run every test, on SQLite, PostgreSQL and Valkey (all come with the tests)
	@test -x /usr/bin/chromium || echo "No /usr/bin/chromium here: the tests in a browser are left out."
	@command -v strace >/dev/null || echo "No strace here: the tests of what the kernel was asked are left out."
	@command -v npm >/dev/null || echo "No node with npm here: the tests of partners' Node.js receivers are left out."
	@command -v php >/dev/null || echo "No php here: the tests of the examples in PHP are left out."
	@$(BIN)/python -m compileall -q $(PRODUCT)
	$(BIN)/pytest -n $(WORKERS)

# Where the environment keeps Python from writing bytecode, each of the workers would compile each test.
bytecode: $(READY)
	@$(BIN)/python -m compileall -q $(PRODUCT)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --collect-only -qq > /dev/null || true

check: $(READY) ## Everything that must hold before a change is taken: lint, types, tests
	@$(MAKE) --no-print-directory --jobs 2 lint types bytecode
	@$(MAKE) --no-print-directory test

lint: $(READY) ## ruff, its formatting, and the layers of the packages
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

format: $(READY) ## Bring the code into its format and mend what ruff can mend
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

types: $(READY) ## mypy, strict
	$(BIN)/mypy

migrate: $(READY) ## Bring the store of DATABASE_URL to the newest schema
	$(BIN)/shopkeeper migrate

migration: $(READY) ## Draft a migration from the models: make migration NAME="add a column"
	@test -n "$(NAME)" || { echo 'Say what it does: make migration NAME="add a column"'; exit 2; }
	$(BIN)/python -m bot.migrations "$(NAME)"
	$(BIN)/ruff format bot/migrations

lock: $(READY) ## Choose the exact versions anew, with their hashes
	$(BIN)/uv pip compile pyproject.toml --output-file requirements.lock --upgrade $(LOCK_OPTIONS)
	$(BIN)/uv pip compile pyproject.toml --extra dev --constraints requirements.lock \
		--output-file requirements-dev.lock --upgrade $(LOCK_OPTIONS)
	echo uv | $(BIN)/uv pip compile - --output-file $(UV_LOCK) --upgrade $(LOCK_OPTIONS)

clean: ## Remove .venv, caches and what builds left; data/ stays
	rm -rf $(VENV) dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

# uv installs the same files in a quarter of the time, but knows nothing of pip's configuration: where it fails,
# pip does it.
$(READY): requirements-dev.lock $(UV_LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Shopkeeper needs Python 3.11, and $(PYTHON) is another or is missing. Name it: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r $(UV_LOCK)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements-dev.lock || \
		$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@
