# Every target does its own set-up in .venv, with python3 and pip alone.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: bench bench-compiled bench-quick compiled counts demo examples frameworks test lint types
.DEFAULT_GOAL := test

.venv/pip: Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "jwtgate needs Python 3.11 or later; $(PYTHON) is older. Try: make PYTHON=python3.13"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

# One stamp per dependency group: a target that has run once starts at once.
.venv/group-%: .venv/pip pyproject.toml
	$(BIN)/python -m pip install --quiet --editable . --group $*
	@touch $@

demo: .venv/group-demo
	@$(BIN)/python -m examples.demo

examples: .venv/group-examples
	@$(BIN)/python -m examples.from_kong
	@$(BIN)/python -m examples.from_apisix

# What waits for servers most of the time, beside the rest of the tests.
SERVERS := $(addprefix tests/,counting denylists faults secrets stores testing)

test: .venv/group-tests
	@$(BIN)/python -m coverage erase
	$(BIN)/python -m coverage run --data-file=.coverage.servers -m pytest -q $(SERVERS) & \
	  servers=$$!; \
	  $(BIN)/python -m coverage run --data-file=.coverage.rest -m pytest -q $(SERVERS:%=--ignore=%); \
	  rest=$$?; wait $$servers && exit $$rest
	@$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report
	@$(BIN)/python -m coverage report --include 'src/*' --fail-under 100 >/dev/null \
	  || { echo "the coverage of src is below 100 %"; exit 1; }

# A wheel in which the modules of a request's path are compiled, as pip would install it.
.compiled: .venv/group-tests pyproject.toml .ci/hatch_build.py $(shell find src -name '*.py')
	@rm -rf $@
	@HATCH_BUILD_HOOKS_ENABLE=true $(BIN)/python -m pip install --quiet --no-cache-dir --no-deps --target $@ .
	@PYTHONPATH=$@ $(BIN)/python -c 'from jwtgate.gate import __file__ as file; assert not file.endswith(".py"), file'

# Nothing but the servers' tests is left out: the same must hold of it.
compiled: .compiled
	@PYTHONPATH=.compiled $(BIN)/python -m pytest -q $(SERVERS:%=--ignore=%)

# Each Python found, with the newest and the oldest frameworks that are supported.
frameworks: .venv/pip
	@$(BIN)/python .ci/frameworks.py

# A release of PyJWT that cannot be installed beside the newest.
.bench/pyjwt-2.10.1: .venv/pip
	@$(BIN)/python -m pip install --quiet --no-deps --target $@ pyjwt==2.10.1
	@touch $@

# The last needs PostgreSQL and Redis, and what the tests need.
bench: .venv/group-bench .venv/group-tests .bench/pyjwt-2.10.1
	@$(BIN)/python -m benchmarks
	@$(BIN)/python benchmarks/loading.py
	@$(BIN)/python benchmarks/stores.py
	-@$(BIN)/python -m benchmarks.notifications

bench-compiled: .compiled .venv/group-bench .bench/pyjwt-2.10.1
	@PYTHONPATH=.compiled $(BIN)/python -m benchmarks --beside

bench-quick: .venv/group-bench .bench/pyjwt-2.10.1
	@$(BIN)/python -m benchmarks --quick

# Needs jwtgate alone, which any group installs.
counts: .venv/group-demo
	@$(BIN)/python -m benchmarks.instructions

lint: .venv/group-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/codespell

types: .venv/group-types
	$(BIN)/mypy
