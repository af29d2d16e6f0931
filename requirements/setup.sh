#!/bin/sh
# Installs everything into this folder; a second run with unchanged pins does nothing.
set -eu
cd "$(dirname "$0")/.."

# pip and uv write bytecode whatever the shell says; without it, imports take ten times as long.
unset PYTHONDONTWRITEBYTECODE PYTHONPATH || true

python=$(command -v "${PYTHON:-python3.11}" || command -v python3) || {
    echo "setup: Python 3.11 is needed and was not found" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || {
    echo "setup: $python is $("$python" --version); Python 3.11 is needed (PYTHON=/path/to/python3.11 make setup)" >&2; exit 1; }

stamp=.venv/.setup
wanted=$(cat requirements/*.txt requirements/setup.sh package-lock.json pyproject.toml | sha256sum; pwd)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then exit 0; fi
rm -f "$stamp"

say() { printf 'setup: %s\n' "$1" >&2; }

say "virtual environment for the platform"
[ -x .venv/bin/uv ] || { "$python" -m venv .venv && .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt; }
# With the machine's own certificates, as pip has them: companies put mirrors behind theirs.
uv() { .venv/bin/uv --no-progress --system-certs "$@"; }
uv pip sync -q --python .venv/bin/python --require-hashes --compile-bytecode requirements/platform.txt requirements/development.txt
uv pip install -q --python .venv/bin/python --no-deps --editable .

say "virtual environment for the embedded AWS"
[ -x .venv-embedded/bin/python ] || "$python" -m venv --without-pip .venv-embedded
uv pip sync -q --python .venv-embedded/bin/python --require-hashes --compile-bytecode requirements/embedded.txt

say "CDK command line"
PATH="$PWD/.venv/bin:$PATH" NODE_USE_SYSTEM_CA=1 .venv/bin/npm ci --loglevel=error >&2

printf '%s' "$wanted" > "$stamp"
say "done"
