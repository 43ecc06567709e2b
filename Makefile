# Every target sets up what it needs; `make` alone sets up .venv and lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
T ?= tests
READY := $(VENV)/.ready

.PHONY: help demo test test-all check format bench bench-long fit lock clean

help: $(READY) ## list the targets (default)
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-11s %s\n' "$$name" "$$text"; done

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY) ## draw sample officers and posters, find them, check what was found
	$(BIN)/python -m benchmarks.demo

test: $(READY) ## the tests, fast ones; a part with T=tests/detector
	$(BIN)/python -m pytest -m "not slow" -n 2 $(T)

test-all: check ## format, lint, types, then every test, the slow proofs included
	$(BIN)/python -m pytest -n 2 $(T)

check: $(READY) ## format, lint and types, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY) ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## accuracy and speed beside the peers; writes docs/benchmarks.md
	$(BIN)/python -m benchmarks.run

bench-long: $(READY) ## the same with 10,000 unrelated pictures
	$(BIN)/python -m benchmarks.run --unrelated 10000

fit: $(READY) ## fit the score again on the calibration people
	$(BIN)/python -m benchmarks.fit

lock: $(READY) ## resolve requirements.txt again from pyproject.toml (versions and hashes only)
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --only-binary :all: --no-emit-index-url --generate-hashes --no-annotate --no-header --extra dev --output-file requirements.txt pyproject.toml requirements-build.in

clean: ## remove what was built
	rm -rf $(VENV) build dist *.egg-info demo-output bench-output
