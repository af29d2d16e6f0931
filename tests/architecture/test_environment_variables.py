"""Only named modules read variables, start programs or create clients of the stores."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import pytest

from catalog_platform import variables
from catalog_platform.workspace import Workspace

PLATFORM = "platform"
CATALOG = "catalog_platform"
# A program of its own, which starts each of its servers with variables that it names.
EMBEDDED = "embedded_aws/src/embedded_aws"
# Each use, and the modules that may have it. The emulator's client and connection have constant
# settings because `servers/endpoint.py` names all of the emulator's variables.
ALLOWED = {
    "os.environ": (
        f"{CATALOG}/variables.py",
        f"{EMBEDDED}/emulator/sandbox.py",
        f"{EMBEDDED}/emulator/session_token.py",
        f"{EMBEDDED}/emulator/settings.py",
    ),
    "os.environb": (),
    "os.getenv": (),
    "os.putenv": (),
    "os.unsetenv": (),
    "os.system": (),
    "os.popen": (),
    "subprocess.Popen": (
        f"{CATALOG}/process.py",
        f"{EMBEDDED}/emulator/sandbox.py",
        f"{EMBEDDED}/servers/processes.py",
    ),
    "subprocess.run": (f"{EMBEDDED}/servers/postgres.py",),
    "subprocess.call": (),
    "subprocess.check_call": (),
    "subprocess.check_output": (),
    "psycopg.connect": (
        f"{CATALOG}/aws/database_client.py",
        f"{EMBEDDED}/emulator/database_copies.py",
        f"{EMBEDDED}/emulator/database_servers.py",
    ),
    "psycopg.Connection.connect": (),
    "redis.Redis": (f"{CATALOG}/aws/cache_client.py",),
    "redis.RedisCluster": (f"{CATALOG}/aws/cache_client.py",),
    "boto3.client": (),
    "boto3.resource": (),
    "boto3.session.Session": (f"{CATALOG}/aws/client.py", f"{EMBEDDED}/emulator/clients.py"),
    "botocore.session.Session": (f"{CATALOG}/aws/client.py",),
    "botocore.session.get_session": (),
    # AWS's price lists are public: no credentials, and the proxies of this machine.
    "urllib.request.urlopen": (f"{CATALOG}/aws/prices/source.py",),
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
        if name := dotted(node, imported):
            yield name


def dotted(node: ast.expr, imported: Mapping[str, str]) -> str:
    """Return the dotted name that an expression stands for; empty when it is not imported."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in imported:
        return ""
    return ".".join([imported[node.id], *reversed(parts)])


def inheriting_starts(source: str) -> list[int]:
    """Return the lines that start a program with all variables of this process."""
    tree = ast.parse(source)
    imported = names(tree)
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and dotted(node.func, imported) in {"subprocess.Popen", "subprocess.run"}
        and "env" not in {keyword.arg for keyword in node.keywords}
    ]


def modules(repository: Workspace) -> Iterator[tuple[str, str]]:
    """Yield path and source of every module of the platform and of the embedded AWS."""
    root = repository.root / PLATFORM
    for package in (CATALOG, EMBEDDED):
        for path in sorted((root / package).rglob("*.py")):
            yield path.relative_to(root).as_posix(), path.read_text()


def violations(source: str, module: str) -> list[str]:
    return sorted(
        use
        for use in set(uses(source))
        if (use in ALLOWED or use.startswith(FAMILIES)) and module not in ALLOWED.get(use, ())
    )


def test_no_other_module_reads_variables_starts_programs_or_creates_clients(
    repository: Workspace,
) -> None:
    found = {
        module: wrong
        for module, source in modules(repository)
        if (wrong := violations(source, module))
    }
    assert found == {}


def test_every_program_is_started_with_named_variables(repository: Workspace) -> None:
    found = {
        module: lines
        for module, source in modules(repository)
        if (lines := inheriting_starts(source))
    }
    assert found == {}
    assert inheriting_starts("import subprocess\nsubprocess.Popen(['a'], cwd='/')") == [2]
    assert inheriting_starts("import subprocess\nsubprocess.run(['a'], env={})") == []


def test_every_named_module_exists(repository: Workspace) -> None:
    named = {module for allowed in ALLOWED.values() for module in allowed}
    assert named - {module for module, _ in modules(repository)} == set()


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
    assert use in violations(source, f"{CATALOG}/commands/new.py")


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
    assert violations(source, f"{CATALOG}/commands/new.py") == []


def test_the_type_of_an_attribute_is_no_client(repository: Workspace) -> None:
    source = (repository.root / PLATFORM / CATALOG / "verification" / "stores.py").read_text()
    assert "psycopg." in source
    assert violations(source, f"{CATALOG}/verification/stores.py") == []


def test_the_documentation_names_every_variable_that_passes(repository: Workspace) -> None:
    page = (repository.root / "docs" / "environment-variables.md").read_text()
    groups = (variables.BASE, variables.OWN, variables.NETWORK, variables.AWS, variables.UV)
    names = {name for group in groups for name in group if name.upper() == name}
    assert {name for name in names if f"`{name}`" not in page} == set()
