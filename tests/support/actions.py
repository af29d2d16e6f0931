"""Replacements for marketplace actions, `gh` and `make setup` in workflow tests.

They do on one machine what the originals do between machines: artifacts are copied, credentials are
exported. Each declares only inputs that the original declares as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

STORE = "STORE"


@dataclass(frozen=True)
class Action:
    """A composite action: its inputs, and a script that reads them as `INPUT_<NAME>`."""

    inputs: tuple[str, ...]
    script: str

    def definition(self) -> str:
        """Return the text of its action.yml."""
        variables = {
            f"INPUT_{name.upper().replace('-', '_')}": f"${{{{ inputs.{name} }}}}"
            for name in self.inputs
        }
        step = {"run": f"set -eu\n{self.script}", "shell": "bash", "env": variables}
        runs = {"using": "composite", "steps": [step]}
        inputs = {name: {"description": name} for name in self.inputs}
        return yaml.safe_dump({"name": "stand-in", "inputs": inputs, "runs": runs})


ACTIONS: Mapping[str, Action] = {
    "actions/setup-python": Action(("python-version",), "true"),
    "actions/cache/restore": Action(("path", "key", "restore-keys"), "true"),
    "actions/cache/save": Action(("path", "key"), "true"),
    "actions/upload-artifact": Action(
        ("name", "path", "if-no-files-found", "retention-days", "compression-level"),
        # Without -p: a name can be used only once per run.
        # Of a folder, the content is uploaded.
        'mkdir "$STORE/$INPUT_NAME"\n'
        'if [ -d "$INPUT_PATH" ]; then INPUT_PATH=$INPUT_PATH/.; fi\n'
        'if [ -e "$INPUT_PATH" ] || [ "$INPUT_IF_NO_FILES_FOUND" != ignore ]; then\n'
        'cp -R "$INPUT_PATH" "$STORE/$INPUT_NAME/"; else rmdir "$STORE/$INPUT_NAME"; fi',
    ),
    # With a name, the content; with a pattern, a folder per artifact.
    "actions/download-artifact": Action(
        ("name", "pattern", "path"),
        'to=${INPUT_PATH:-.}\nmkdir -p "$to"\n'
        'if [ -n "$INPUT_NAME" ]; then cp -R "$STORE/$INPUT_NAME/." "$to"\n'
        'else for each in "$STORE"/$INPUT_PATTERN; do\n'
        'if [ -e "$each" ]; then cp -R "$each" "$to"; fi; done; fi',
    ),
    "github/codeql-action/upload-sarif": Action(
        ("sarif_file", "category"), 'cp "$INPUT_SARIF_FILE" "$STORE/published.sarif"'
    ),
    # Every GitHub environment has a role in its own account. act does not support environments, so
    # the session name selects the account, which is the access key on the embedded AWS.
    "aws-actions/configure-aws-credentials": Action(
        ("role-to-assume", "role-session-name", "role-duration-seconds", "aws-region"),
        'test -n "$INPUT_ROLE_TO_ASSUME" -a -n "$INPUT_AWS_REGION"\n'
        "session=${INPUT_ROLE_SESSION_NAME#catalog-}\n"
        'account=$(cat "$STORE/accounts/${session%-*}")\n'
        '{ echo "AWS_ACCESS_KEY_ID=$account"; echo "AWS_SECRET_ACCESS_KEY=test"\n'
        '  echo "AWS_REGION=$INPUT_AWS_REGION"; } >> "$GITHUB_ENV"',
    ),
}
# Links the installed tools in $TOOLS and their function bundles instead of installing them. Where
# $REHEARSES is 0, the job that installs the embedded AWS gets a catalogctl that rehearses nothing.
MAKE = """#!/bin/sh
[ "$1" = setup ] || { echo "make $*: not expected of a workflow" >&2; exit 2; }
case "$REHEARSES$2" in 0*embedded)
    mkdir -p .venv/bin; echo 'echo "## Rehearsal of $2: left out"' > .venv/bin/catalogctl
    chmod +x .venv/bin/catalogctl; exit ;;
esac
for part in .venv .venv-embedded node_modules; do
    if [ -e "$TOOLS/$part" ]; then ln -s "$TOOLS/$part" "$part"; fi
done
if [ -e "$TOOLS/build/bundles" ]; then mkdir build; ln -s "$TOOLS/build/bundles" build/; fi
"""
# The comments of a pull request: $POSTED is the existing one, if any. Each is kept with the call
# that posted it, under the first words of its marker.
GH = """#!/bin/sh
for last; do :; done
case "$*" in
    auth*) exit 1 ;; # act requests a token
    *--paginate*) [ -z "${POSTED:-}" ] || echo "$POSTED" ;;
    *)
        file=${last#body=@}
        kind=$(sed -n '1s/<!-- \\([a-z]* [a-z]*\\).*/\\1/p' "$file" | tr ' ' -)
        echo "$*" > "$STORE/gh-$kind"; cp "$file" "$STORE/comment-$kind.md" ;;
esac
"""
PROGRAMS = {"make": MAKE, "gh": GH}


def write(home: Path, accounts: Mapping[str, str]) -> Mapping[str, str]:
    """Write all replacements below `home` and return the environment variables they need."""
    for name, action in ACTIONS.items():
        folder = home / "actions" / name
        folder.mkdir(parents=True)
        (folder / "action.yml").write_text(action.definition())
    programs = home / "bin"
    programs.mkdir()
    for name, script in PROGRAMS.items():
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    store = home / "store"
    (store / "accounts").mkdir(parents=True)
    for environment, account in accounts.items():
        (store / "accounts" / environment).write_text(account)
    return {STORE: str(store), "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin"}


def mapped(home: Path, uses: Iterable[str]) -> list[str]:
    """Return arguments that make act use the replacements for `owner/repository/path@sha`."""
    arguments = []
    for use in sorted(uses):
        name, sha = use.split("@")
        repository = "/".join(name.split("/")[:2])
        if repository != "actions/checkout":  # act implements this one
            folder = home / "actions" / repository
            arguments += ["--local-repository", f"{repository}@{sha}={folder}"]
    return arguments
