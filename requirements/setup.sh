#!/bin/sh
# Install dependencies into this folder. Arguments are the parts: platform (validates, plans, scans,
# deploys), development (checks and tests), embedded (the embedded AWS). A second run with unchanged
# pins does nothing.
set -eu
cd "$(dirname "$0")/.."

# Without bytecode, imports take ten times as long, so ignore a caller that disables it.
unset PYTHONDONTWRITEBYTECODE PYTHONPATH || true

parts=" $* "
has() { case "$parts" in *" $1 "*) true ;; *) false ;; esac; }
has platform || { echo "setup: name the parts to install: platform [development] [embedded]" >&2; exit 2; }

python=$(command -v "${PYTHON:-python3.11}" || command -v python3) || {
    echo "setup: Python 3.11 not found; install it, or run PYTHON=/path/to/python3.11 make setup" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || {
    echo "setup: $python is $("$python" --version), not Python 3.11; run PYTHON=/path/to/python3.11 make setup" >&2; exit 1; }

stamp=.venv/.setup
pins=$(cat requirements/*.txt requirements/setup.sh package-lock.json pyproject.toml platform/embedded_aws/pyproject.toml | sha256sum; pwd)
# Whether a part can still be used: a folder may have been removed, or the Python that made it.
works() {
    case $1 in
        platform) .venv/bin/python -c "import catalog_platform" && [ -f node_modules/aws-cdk/bin/cdk ] ;;
        development) [ -x .venv/bin/pytest ] ;;
        embedded) .venv-embedded/bin/python -c "import embedded_aws" ;;
        *) true ;;
    esac >/dev/null 2>&1
}
is_installed() {
    [ -f "$stamp" ] && [ "$(sed 1d "$stamp")" = "$pins" ] || return 1
    installed=$(sed -n 1p "$stamp")
    for part in $parts; do
        case "$installed" in *" $part "*) works "$part" || return 1 ;; *) return 1 ;; esac
    done
}
if is_installed; then exit 0; fi
rm -f "$stamp"

log() { printf 'setup: %s\n' "$1" >&2; }
# Use the system's certificates, because company mirrors often have a private certificate authority.
uv() { .venv/bin/uv --no-progress --system-certs "$@"; }
# Python compiles what it imports. Where much is run, all is compiled at once; three quarters of it are
# services in the CDK that no stack has.
if has development; then compile=--compile-bytecode omit=; else compile= omit=--omit=dev; fi
sync() { uv pip sync -q --require-hashes $compile --python "$@"; }
# What builds our own packages is pinned too: it runs with all that this process may do.
add() { uv pip install -q --no-deps --build-constraint requirements/build.txt --python "$@"; }
# Programs in an environment contain its path, so one that was moved or copied is made anew.
create() {
    "$1/bin/python" -c "" 2>/dev/null && [ "$(cat "$1/.path" 2>/dev/null)" = "$PWD/$1" ] ||
        { "$python" -m venv --clear "$@" && echo "$PWD/$1" > "$1/.path"; }
}

platform() {
    log "install the platform into .venv"
    if has development; then
        sync .venv/bin/python requirements/platform.txt requirements/development.txt
        # Tests import embedded_aws too; its dependencies are in an environment of its own.
        add .venv/bin/python --editable . --editable platform/embedded_aws
    else
        sync .venv/bin/python requirements/platform.txt
        add .venv/bin/python --editable .
    fi
}

embedded() {
    log "install the embedded AWS into .venv-embedded"
    create .venv-embedded --without-pip
    sync .venv-embedded/bin/python requirements/embedded.txt
    add .venv-embedded/bin/python --editable platform/embedded_aws
}

node() {
    log "install the CDK command line and Pyodide into node_modules"
    PATH="$PWD/.venv/bin:$PATH" NODE_USE_SYSTEM_CA=1 .venv/bin/npm ci $omit --loglevel=error >&2
}

create .venv
[ -x .venv/bin/uv ] ||
    .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
# Before what uses them: uv itself, and Node.js, which is a package too.
add .venv/bin/python --require-hashes -r requirements/bootstrap.txt -r requirements/node.txt

# What follows doesn't depend on each other, and is installed at once. It is waited for even after a
# failure or Ctrl-C, so that a second run doesn't meet it.
trap 'log "interrupted; waiting for what has begun"; wait; exit 130' INT TERM
platform & jobs=$!
node & jobs="$jobs $!"
if has embedded; then embedded & jobs="$jobs $!"; fi
failed=
for job in $jobs; do wait "$job" || failed=yes; done
[ -z "$failed" ] || exit 1

printf '%s\n%s' "$parts" "$pins" > "$stamp"
log "done"
