# Everything a newcomer needs is Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test
WORKERS ?= auto

.PHONY: run install test check format bench clean

run: $(STAMP)  ## install, then start the service on the checked-in config.toml and a sample page
	$(BIN)/feedsvc init --missing
	$(BIN)/feedsvc serve

install: $(STAMP)  ## make .venv with feedsvc in it

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "feedsvc needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $(STAMP)

$(TEST_STAMP): $(STAMP)
	$(BIN)/pip install --quiet --disable-pip-version-check --group test --group check
	@touch $(TEST_STAMP)

test: $(TEST_STAMP)  ## all tests
	$(BIN)/pytest -n $(WORKERS)

check: $(TEST_STAMP)  ## format, lint, types, layers, documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -p no:randomly tests/test_docs.py

format: $(TEST_STAMP)  ## put the code into the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(TEST_STAMP)  ## the figures of benchmarks/README.md
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist *.egg-info
