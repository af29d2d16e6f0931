"""Only named modules read variables, start programs or create clients of the stores."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from catalog_platform import variables
from catalog_platform.workspace import Workspace

PACKAGE = "platform/catalog_platform"
# Each use, and the modules that may have it. The emulator is a program of its own, which is started
# with explicit variables; see `local/aws.py`.
EMULATOR = "local/emulator/"
ALLOWED = {
    "os.environ": ("variables.py", EMULATOR),
    "os.environb": (),
    "os.getenv": (),
    "os.putenv": (),
    "os.unsetenv": (),
    "os.system": (),
    "os.popen": (),
    "subprocess.Popen": ("process.py", "local/processes.py", EMULATOR),
    "subprocess.run": ("local/processes.py",),
    "subprocess.call": (),
    "subprocess.check_call": (),
    "subprocess.check_output": (),
    "psycopg.connect": ("aws/database_client.py", EMULATOR),
    "psycopg.Connection.connect": (),
    "redis.Redis": ("aws/cache_client.py",),
    "redis.RedisCluster": ("aws/cache_client.py",),
    "boto3.client": (),
    "boto3.resource": (),
    "boto3.session.Session": ("aws/client.py", EMULATOR),
    "botocore.session.Session": ("aws/client.py",),
    "botocore.session.get_session": (),
}
FAMILIES = ("os.exec", "os.spawn", "os.posix_spawn", "asyncio.create_subprocess", "urllib.request.")


def names(tree: ast.Module) -> dict[str, str]:
    """Return what each imported name stands for."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                found[each.asname or top] = each.name if each.asname else top
        elif isinstance(node, ast.ImportFrom):
            for each in node.names:
                found[each.asname or each.name] = f"{node.module}.{each.name}"
    return found


def uses(source: str) -> Iterator[str]:
    """Yield the dotted names that a module uses, with its imports resolved."""
    tree = ast.parse(source)
    imported = names(tree)
    annotations = {
        id(inner)
        for node in ast.walk(tree)
        for field in ("annotation", "returns")
        if isinstance(found := getattr(node, field, None), ast.AST)
        for inner in ast.walk(found)
    }
    for node in ast.walk(tree):
        if id(node) in annotations or not isinstance(node, ast.Name | ast.Attribute):
            continue
        parts: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id in imported:
            yield ".".join([imported[inner.id], *reversed(parts)])


def violations(source: str, module: str) -> list[str]:
    return sorted(
        use
        for use in set(uses(source))
        if use.startswith(FAMILIES)
        or (use in ALLOWED and not module.startswith(ALLOWED[use] or ("nothing",)))
    )


def test_no_other_module_reads_variables_starts_programs_or_creates_clients(
    repository: Workspace,
) -> None:
    root = repository.root / PACKAGE
    found = {
        module: wrong
        for path in sorted(root.rglob("*.py"))
        if (wrong := violations(path.read_text(), module := path.relative_to(root).as_posix()))
    }
    assert found == {}


def test_every_named_module_exists(repository: Workspace) -> None:
    modules = {module for allowed in ALLOWED.values() for module in allowed}
    assert [name for name in modules if not (repository.root / PACKAGE / name).exists()] == []


@pytest.mark.parametrize(
    ("source", "use"),
    [
        ("import os\nos.environ['A']", "os.environ"),
        ("import os as o\no.environ.get('A')", "os.environ"),
        ("from os import environ as e\ne['A']", "os.environ"),
        ("import subprocess\nsubprocess.run(['a'])", "subprocess.run"),
        ("from subprocess import Popen\nPopen('a')", "subprocess.Popen"),
        ("import os\nos.execv('a', [])", "os.execv"),
        ("def f():\n    import psycopg\n    psycopg.connect('x')", "psycopg.connect"),
        ("import redis\nredis.Redis.from_url('x')", "redis.Redis"),
        ("import boto3\nboto3.client('s3')", "boto3.client"),
    ],
)
def test_a_use_is_found_however_it_is_imported(source: str, use: str) -> None:
    assert use in violations(source, "commands/new.py")


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ_of_mine",
        "import psycopg\ndef f(c: psycopg.Connection) -> None: ...",
        "import redis\ndef f() -> redis.Redis: ...",
        "import subprocess\nsubprocess.DEVNULL",
    ],
)
def test_other_uses_are_quiet(source: str) -> None:
    assert violations(source, "commands/new.py") == []


def test_the_type_of_an_attribute_is_no_client(repository: Workspace) -> None:
    source = (repository.root / PACKAGE / "verification" / "stores.py").read_text()
    assert "redis." in source
    assert violations(source, "verification/stores.py") == []


def test_the_documentation_names_every_variable_that_passes(repository: Workspace) -> None:
    page = (repository.root / "docs" / "environment-variables.md").read_text()
    groups = (variables.BASE, variables.OWN, variables.NETWORK, variables.AWS, variables.UV)
    names = {name for group in groups for name in group if name.upper() == name}
    assert {name for name in names if f"`{name}`" not in page} == set()
