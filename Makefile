# Two commands do everything: `make demo` shows the product, `make test` runs all that CI runs.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
RUN_TESTS := $(BIN)/pytest -n 2 --dist worksteal

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: .venv/.ready  ## create .venv with everything pinned by hash

.venv/.ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes --requirement requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: install  ## run the delegation tutorial with the real AWS CLI (ARGS=--keep leaves the server running)
	@$(BIN)/deputize demo $(ARGS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/sizes.py

check: lint  ## the fast loop: style, types, layers, quick tests
	$(RUN_TESTS) -q -m "not slow" --ignore=tests/access --ignore=tests/attacks --ignore=tests/conformance --ignore=tests/faults

generated: install  ## are the generated files what their programs make?
	$(BIN)/python tools/models.py --check
	$(BIN)/python tools/shapes.py --check
	$(BIN)/python tools/operations.py --check
	$(BIN)/python tools/policy_checks.py --check
	$(BIN)/python tools/managed_policies.py --check

clients: install  ## install the programs that tests drive and pip cannot bring (as root)
	@tools/test_clients.sh

test: lint generated clients  ## everything that CI runs
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 2 --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/python tools/coverage_floor.py

soak: install  ## the long profile of faults and fuzzing, by hand
	DEPUTIZE_KILL_ROUNDS=1000 DEPUTIZE_KILL_EVERY=1 DEPUTIZE_FUZZ_EXAMPLES=5000 \
		$(BIN)/pytest -q tests/faults tests/attacks/test_fuzz.py

compare: install  ## 200,000 generated decisions against the reference, by hand
	DEPUTIZE_DIFFERENTIAL_CASES=200000 $(BIN)/pytest tests/property/test_differential.py -q -x -s

bench: install .venv-bench/.ready  ## speed and memory beside nginx and moto (ARGS="--quick" for a first look)
	$(BIN)/python -m benchmarks $(ARGS)

.venv-bench/.ready: requirements/bench.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --require-hashes --requirement requirements/bench.txt
	@touch $@

format: install  ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: install  ## renew the pinned requirements
	for part in run dev bench; do $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --upgrade \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file requirements/$$part.txt requirements/$$part.in; done

.PHONY: help install demo lint check generated clients test soak compare bench format lock
