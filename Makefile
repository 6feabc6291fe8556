# Two commands do everything: `make demo` shows the product, `make test` runs all that CI runs.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
IN_PARALLEL := -n 2 --dist worksteal
RUN_TESTS := $(BIN)/pytest $(IN_PARALLEL)
EXAMPLES := tests/unit tests/cases tests/conformance

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: .venv/.ready  ## create .venv with everything pinned by hash

.venv/.ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes --requirement requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

web: install  ## build the console's pages, if web/ has changed
	@$(BIN)/python tools/console.py build

demo: web  ## run the delegation tutorial with the real AWS CLI (ARGS=--keep leaves the server running)
	@$(BIN)/deputize demo $(ARGS)

tour: web  ## the tutorial's screenshots anew, into docs/tour
	DEPUTIZE_TOUR=docs/tour $(BIN)/pytest -q -n 0 tests/console/test_tutorial.py
	if command -v pngquant >/dev/null; then pngquant --force --ext .png --skip-if-larger docs/tour/*.png; fi

gallery: web  ## pictures of every page in every look, into /tmp/gallery
	$(BIN)/pytest -q -n 0 tests/console/gallery.py

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/sizes.py
	$(BIN)/python tools/console.py check

check: lint  ## the fast loop: style, types, layers, quick tests
	$(RUN_TESTS) -q -m "not slow" --ignore=tests/access --ignore=tests/attacks --ignore=tests/conformance --ignore=tests/console --ignore=tests/faults

generated: install  ## are the generated files what their programs make?
	$(BIN)/python tools/models.py --check
	$(BIN)/python tools/shapes.py --check
	$(BIN)/python tools/operations.py --check
	$(BIN)/python tools/policy_checks.py --check
	$(BIN)/python tools/managed_policies.py --check
	$(BIN)/python tools/console_catalogue.py --check

clients: install .venv-clients/.ready  ## install the clients that tests drive; programs of the system as root
	@tools/test_clients.sh

.venv-clients/.ready: requirements/clients.txt
	$(PYTHON) -m venv .venv-clients
	.venv-clients/bin/pip install --quiet --require-hashes --requirement requirements/clients.txt
	@touch $@

# Coverage is of the tests that give examples: tracing makes tests twice as slow, and what random inputs, attacks
# and faults happen to reach besides is no sign that somebody thought of it.
test: lint generated clients tools web  ## everything that CI runs
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(IN_PARALLEL) $(EXAMPLES)
	$(RUN_TESTS) tests $(EXAMPLES:%=--ignore=%)
	$(BIN)/coverage combine --quiet
	$(BIN)/python tools/coverage_floor.py

soak: install  ## the long profile of faults and fuzzing, by hand
	DEPUTIZE_KILL_ROUNDS=1000 DEPUTIZE_KILL_EVERY=1 DEPUTIZE_FUZZ_EXAMPLES=5000 DEPUTIZE_LINEAR_CALLS=200000 \
		DEPUTIZE_START_KILLS=100 DEPUTIZE_LIFECYCLE_ROUNDS=100 DEPUTIZE_CLOCK_SEEDS=20 \
		$(BIN)/pytest -q tests/faults tests/attacks/test_fuzz.py

compare: install  ## 200,000 generated decisions against the reference, by hand
	DEPUTIZE_DIFFERENTIAL_CASES=200000 $(BIN)/pytest tests/property/test_differential.py -q -x -s

bench: install .venv-bench/.ready  ## speed and memory beside nginx and moto (ARGS="--quick" for a first look)
	$(BIN)/python -m benchmarks $(ARGS)

bench-policy: install .venv-bench/.ready  ## what a decision costs, beside Cedar
	$(BIN)/python -m benchmarks.policy

bench-iam: install  ## what IAM and STS cost in an account of 100,000 users
	$(BIN)/python -m benchmarks.iam $(ARGS)

bench-s3: install .venv-bench/.ready  ## listings of a million keys, large objects, many uploads, two workers
	$(BIN)/python -m benchmarks.s3 $(ARGS)

tools: .venv-tools/.ready  ## install the security scanners that tests run against the server

.venv-tools/.ready: requirements/tools.txt
	$(PYTHON) -m venv .venv-tools
	.venv-tools/bin/pip install --quiet --require-hashes --requirement requirements/tools.txt
	@touch $@

.venv-bench/.ready: requirements/bench.txt benchmarks/s3rver/package-lock.json
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --require-hashes --requirement requirements/bench.txt
	$(BIN)/python tools/console.py packages benchmarks/s3rver
	@touch $@

format: install  ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: install  ## renew the pinned requirements
	for part in run dev bench clients tools; do $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --upgrade \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file requirements/$$part.txt requirements/$$part.in; done

.PHONY: help install web tour gallery demo lint check generated clients test soak compare bench bench-iam bench-policy bench-s3 tools format lock
