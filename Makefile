# `make demo` and `make test` install everything they need.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup demo test test-all soak interleavings check check-fast fmt golden studies docs fuzz fuzz-embedded bench bench-loop lock clean

help:    ## list the targets
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1\t/' | expand -t 24

# A workflow installs only what it needs.
PARTS := platform development embedded

setup:   ## install all packages into this folder
	@PYTHON="$(PYTHON)" sh requirements/setup.sh $(PARTS)

demo: setup    ## deploy to this machine, send updates, reconcile
	@catalogctl demo

# A file's tests run in one process, because they may share servers. tests/conftest.py orders the files.
PARALLEL := pytest -n 2 --dist loadfile --no-loadscope-reorder

test: setup check    ## run all checks and tests but the exhaustive ones
	@pytest -n 2 -m "not e2e and not serial and not exhaustive"
	@pytest -m "serial and not exhaustive"
	@$(PARALLEL) -m "e2e and not serial and not exhaustive"

test-all: setup check    ## run all checks and all tests, fuzz, interleavings
	@pytest -n 2 -m "not e2e and not serial"
	@pytest -m serial
	@$(PARALLEL) -m "e2e and not serial"
	@$(MAKE) fuzz fuzz-embedded interleavings

FUNCTIONS := $(CURDIR)/functions
MODULES := $(CURDIR)/platform:$(CURDIR)/benchmarks:$(CURDIR)/tests:$(FUNCTIONS)/inventory_processor/src:$(FUNCTIONS)/runtime/src:$(FUNCTIONS)/schema_migrator/src

soak: setup    ## chaos test: a million updates under injected faults
	@PYTHONPATH="$(MODULES)" python benchmarks/soak.py $(ARGUMENTS)

interleavings: setup    ## model check of concurrent transactions
	@PYTHONPATH="$(MODULES)" python benchmarks/interleavings.py $(ARGUMENTS)

bench: setup    ## measure scaling, throughput and cold starts
	@PYTHONPATH="$(MODULES)" python benchmarks/environments.py
	@PYTHONPATH="$(MODULES)" python benchmarks/throughput.py
	@PYTHONPATH="$(MODULES)" python benchmarks/cold_start.py

check: setup    ## check style, types and import layers
	@ruff check && ruff format --check && mypy && lint-imports

bench-loop: setup    ## measure what users wait for against a plain CDK app
	@PYTHONPATH="$(MODULES)" python -m loop --write --frameworks --growth $(ARGUMENTS)

# No setup and no types, so that it takes seconds in a fresh checkout too.
check-fast:    ## check style and import layers only
	@ruff check && ruff format --check && lint-imports

fmt: setup    ## format the code
	@ruff check --fix && ruff format

golden: setup    ## rewrite schemas, golden files and pages
	@mkdir -p build && catalogctl schema > build/schema.json && mv build/schema.json platform/schema/manifest.schema.json
	@for kind in plan scan; do catalogctl schema --of $$kind > build/schema.json && mv build/schema.json docs/$$kind.schema.json || exit 1; done
	@pytest -q --golden tests/golden tests/reference tests/manifest/aws tests/manifest/test_rule_registry.py tests/functions/inventory_processor/test_contract.py tests/functions/failures/test_matrix.py tests/scanners tests/embedded_aws/test_resource_types.py tests/embedded_aws/emulator/cloudformation/test_replacement.py tests/embedded_aws/emulator/request_validation/test_offers.py; status=$$?; catalogctl docs && exit $$status

studies: setup    ## rewrite what takes minutes: policy coverage, deciding keys
	@pytest -q --golden tests/policies/test_weaknesses.py tests/policy/anchors

docs: setup    ## rewrite the generated reference pages only
	@catalogctl docs

fuzz: setup    ## validate 20,000 generated manifests
	@PYTHONPATH=tests python benchmarks/fuzz.py

fuzz-embedded: setup    ## send 3,000 generated requests to the embedded AWS
	@PYTHONPATH="$(MODULES)":$(CURDIR)/platform/embedded_aws/src python benchmarks/embedded_requests.py $(ARGUMENTS)

lock: setup    ## resolve and pin the dependencies
	@sh requirements/lock.sh

clean:    ## stop the embedded AWS, remove builds and caches
	@[ ! -x $(BIN)/catalogctl ] || catalogctl local down --discard || echo "clean: the embedded AWS could not be stopped; check for processes that still run" >&2
	@rm -rf .venv .venv-embedded node_modules build cdk.out .local .mypy_cache .ruff_cache .pytest_cache
