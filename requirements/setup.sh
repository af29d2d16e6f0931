#!/bin/sh
# Install all dependencies into this folder. A second run with unchanged pins does nothing.
set -eu
cd "$(dirname "$0")/.."

# Without bytecode, imports take ten times as long, so ignore a caller that disables it.
unset PYTHONDONTWRITEBYTECODE PYTHONPATH || true

python=$(command -v "${PYTHON:-python3.11}" || command -v python3) || {
    echo "setup: Python 3.11 not found; install it, or run PYTHON=/path/to/python3.11 make setup" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || {
    echo "setup: $python is $("$python" --version), not Python 3.11; run PYTHON=/path/to/python3.11 make setup" >&2; exit 1; }

stamp=.venv/.setup
expected=$(cat requirements/*.txt requirements/setup.sh package-lock.json pyproject.toml platform/embedded_aws/pyproject.toml | sha256sum; pwd)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$expected" ]; then exit 0; fi
rm -f "$stamp"

log() { printf 'setup: %s\n' "$1" >&2; }

log "install the platform into .venv"
[ -x .venv/bin/uv ] || { "$python" -m venv .venv && .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt; }
# Use the system's certificates, because company mirrors often have a private certificate authority.
uv() { .venv/bin/uv --no-progress --system-certs "$@"; }
uv pip sync -q --python .venv/bin/python --require-hashes --compile-bytecode requirements/platform.txt requirements/development.txt
# Tests import embedded_aws too; its dependencies are in an environment of its own.
uv pip install -q --python .venv/bin/python --no-deps --editable . --editable platform/embedded_aws

log "install the embedded AWS into .venv-embedded"
[ -x .venv-embedded/bin/python ] || "$python" -m venv --without-pip .venv-embedded
uv pip sync -q --python .venv-embedded/bin/python --require-hashes --compile-bytecode requirements/embedded.txt
uv pip install -q --python .venv-embedded/bin/python --no-deps --editable platform/embedded_aws

log "install the CDK command line and Pyodide into node_modules"
PATH="$PWD/.venv/bin:$PATH" NODE_USE_SYSTEM_CA=1 .venv/bin/npm ci --loglevel=error >&2

printf '%s' "$expected" > "$stamp"
log "done"
