# Needs Python 3.11 or later and make. Everything else goes into .venv.

PYTHON ?= python3
BIN := .venv/bin
SERVE ?= 1
PLUMBLINE_HOME ?= data/home
# Two: the machines that CI promises have two cores.
WORKERS ?= 2

.PHONY: setup demo test test-slow lint lock dagster
.DEFAULT_GOAL := demo

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: .venv/ready  ## The commands in .venv/bin; again after an upgrade

demo: .venv/ready  ## The example company, from its records to the dashboard (SERVE=0: no dashboard)
	$(BIN)/plumbline demo $(if $(filter 0,$(SERVE)),--no-serve)

test: .venv/ready  ## What proves behaviour, in less than 10 minutes
	$(BIN)/pytest -m "not slow" -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-slow: .venv/ready  ## Simulations, random kills, large fuzzing
	$(BIN)/pytest -m slow -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: .venv/ready  ## Format, lint, types, and who may import whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

dagster: .venv/ready  ## Dagster's own UI on a home, which keeps its schedules' state
	mkdir -p $(PLUMBLINE_HOME)/dagster
	cp dagster.yaml $(PLUMBLINE_HOME)/dagster/
	PLUMBLINE_HOME=$(PLUMBLINE_HOME) DAGSTER_HOME=$(abspath $(PLUMBLINE_HOME))/dagster $(BIN)/dg dev

lock:  ## After a change of dependencies; needs uv
	uv pip compile pyproject.toml --all-extras --universal --generate-hashes --no-strip-extras \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements.lock
