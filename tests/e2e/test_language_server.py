"""What people see in their editor: asked of the real YAML language server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog_platform.workspace import Toolchain, Workspace
from support.language_server import SERVER, Editor, editor
from support.manifests import FIXTURES

pytestmark = pytest.mark.e2e

MODELINE = "# yaml-language-server: $schema=../platform/schema/manifest.schema.json\n"


@pytest.fixture(scope="module")
def opened(repository: Workspace) -> Iterator[Editor]:
    toolchain = Toolchain.installed()
    homes = [home for home in (repository.root, toolchain.home) if (home / SERVER).is_file()]
    assert homes, "the YAML language server is not installed: run `make setup`"
    with editor(toolchain.node, homes[0], repository.root) as server:
        yield server


class Draft:
    """A manifest being typed: `▮` in the text is where the cursor stands."""

    def __init__(self, opened: Editor, file: Path, text: str) -> None:
        before = (MODELINE + text).partition("▮")[0]
        self._at = (file, before.count("\n"), len(before) - before.rfind("\n") - 1)
        self._opened = opened
        published = opened.open(file, (MODELINE + text).replace("▮", ""))
        self.problems = {(each["range"]["start"]["line"], each["message"]) for each in published}

    def hover(self) -> str:
        return self._opened.hover(*self._at)

    def complete(self) -> dict[str, dict]:
        return self._opened.complete(*self._at)


@pytest.fixture
def typed(opened: Editor, repository: Workspace, request: pytest.FixtureRequest):
    # A file of its own for each draft: the protocol forbids opening one twice.
    name = hashlib.sha256(request.node.name.encode()).hexdigest()
    return lambda text: Draft(opened, repository.environments / f"{name}.yaml", text)


def test_every_manifest_of_this_repository_is_fine(opened, repository):
    for path in sorted(repository.environments.rglob("*.yaml")):
        assert opened.open(path, path.read_text()) == [], path


def test_sections_are_offered_with_what_they_are_for(typed):
    offered = typed("environment:\n  name: x\n▮").complete()
    assert {"database", "cache", "extends", "merge", "divergences"} <= offered.keys()
    assert "environment" not in offered
    assert offered["stream"]["documentation"].startswith("The Kinesis data stream that receives")


def test_keys_are_offered_with_their_meaning_bounds_and_default(typed):
    offered = typed("stream:\n  ▮\n").complete()
    assert set(offered) == {"mode", "shards", "retention_hours", "on_removal"}
    documentation = offered["retention_hours"]["documentation"]
    assert "Accepts: whole number, 24 to 8760" in str(documentation)
    assert "Default: 168" in str(documentation)


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("cache:\n  engine: ▮\n", {"redis", "valkey"}),
        ("environment:\n  tier: ▮\n", {"development", "staging", "production"}),
        ("database:\n  multi_az: ▮\n", {"true", "false"}),
        ("merge:\n  network.interface_endpoints: ▮\n", {"append", "unset"}),
        ("divergences:\n  - key: ▮\n", {"database", "database.read_replicas"}),
    ],
)
def test_values_are_offered(typed, text, choices):
    assert choices <= typed(text).complete().keys()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stream:\n  sh▮ards: 4\n", "shards of a provisioned stream"),
        ("stream:\n  sh▮ards: 4\n", "Default: `2`"),
        ("stream:\n  sh▮ards: '{{ cache.shards }}'\n", "Accepts: whole number, 1 to 200"),
        ("cache:\n  eng▮ine: valkey\n", "Accepts: one of: redis, valkey"),
        ("data▮base:\n  port: 5432\n", "PostgreSQL"),
        ("ext▮ends: [a.yaml]\n", "docs/merging.md"),
        ("network:\n  ci▮dr: 10.20.0.0/16\n", "10.20.0.0/16"),
    ],
)
def test_a_key_explains_itself(typed, text, words):
    assert words in typed(text).hover()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("stream:\n  shard: 4\n", (2, "Property shard is not allowed.")),
        ("databse: {}\n", (1, "Property databse is not allowed.")),
        ("stream:\n  retention_hours: 9\n", (2, "Value is below the minimum of 24.")),
        ("cache:\n  port: 'x'\n", (2, "write a whole number without quotes, or an expression")),
        (
            "environment:\n  region: europe\n",
            (2, "write it like eu-west-1, or an expression"),
        ),
    ],
)
def test_a_mistake_is_marked_where_it_is(typed, text, problem):
    assert typed(text).problems == {problem}


def test_a_wrong_choice_is_marked_with_the_right_ones(typed):
    ((line, message),) = typed("cache:\n  engine: memcached\n").problems
    assert line == 2
    assert '"redis", "valkey"' in message


@pytest.mark.parametrize(
    "value",
    [
        'shards: "{{ cache.shards + 1 }}"',
        "mode: \"{{ 'on_demand' if environment.tier == 'production' else 'provisioned' }}\"",
        "shards: null",
    ],
)
def test_expressions_and_null_are_accepted(typed, value):
    assert typed(f"stream:\n  {value}\n").problems == set()


def test_what_validate_accepts_is_accepted(opened, repository):
    for path in sorted((FIXTURES / "valid").glob("*.yaml")):
        draft = Draft(opened, repository.environments / f"valid-{path.name}", path.read_text())
        assert draft.problems == set(), path
