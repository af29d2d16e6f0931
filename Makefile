# Two commands: `make demo` and `make test`. Both set up everything they need.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup demo test soak interleavings check fmt golden docs fuzz bench lock clean

help:    ## this list
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 16

setup:   ## virtual environments, Node, the CDK command line, the embedded AWS
	@PYTHON=$(PYTHON) sh requirements/setup.sh

demo: setup    ## edit → validate → deploy → feed → reconcile, all on this machine
	@catalogctl demo

test: setup check    ## every check and every test, the end-to-end ones included
	@pytest

FUNCTIONS := $(CURDIR)/functions
MODULES := $(CURDIR)/platform:$(CURDIR)/benchmarks:$(CURDIR)/tests:$(FUNCTIONS)/inventory_processor/src:$(FUNCTIONS)/runtime/src:$(FUNCTIONS)/schema_migrator/src

soak: setup    ## a million updates while everything dies in turn, and an account of each
	@PYTHONPATH=$(MODULES) python benchmarks/soak.py $(ARGUMENTS)

interleavings: setup    ## every order of the steps of concurrent transactions, against the model
	@PYTHONPATH=$(MODULES) python benchmarks/interleavings.py $(ARGUMENTS)

bench: setup    ## a thousand environments; throughput against other handlers and PostgreSQL's limit; cold starts
	@PYTHONPATH=$(MODULES) python benchmarks/environments.py
	@PYTHONPATH=$(MODULES) python benchmarks/throughput.py
	@PYTHONPATH=$(MODULES) python benchmarks/cold_start.py

check: setup    ## style, types, layers
	@ruff check && ruff format --check && mypy && lint-imports

fmt: setup    ## format the code
	@ruff check --fix && ruff format

golden: setup    ## rewrite what is generated: schemas, golden files, reference pages; review the diff
	@mkdir -p build && catalogctl schema > build/schema.json && mv build/schema.json platform/schema/manifest.schema.json
	@pytest -q --golden tests/golden tests/manifest/test_fixtures.py tests/functions/inventory_processor/test_contract.py tests/functions/failures/test_matrix.py tests/scanners tests/local/emulator; status=$$?; catalogctl docs && exit $$status

docs: setup    ## rewrite the reference pages alone
	@catalogctl docs

fuzz: setup    ## 20,000 hostile manifests: crashes, slowest input, peak memory
	@PYTHONPATH=tests python benchmarks/fuzz.py

lock:    ## resolve the pinned requirements again
	@sh requirements/lock.sh

clean:    ## stop what runs, and remove everything that can be made anew
	@[ ! -x $(BIN)/catalogctl ] || catalogctl local down --discard || echo "clean: the embedded AWS may still run" >&2
	@rm -rf .venv .venv-embedded node_modules build cdk.out .local .mypy_cache .ruff_cache .pytest_cache
