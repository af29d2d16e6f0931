"""Load `policies/checks` into checkov, and report every file that is not a policy.

checkov's own loader only logs, or ignores, that a file cannot be imported, a folder lacks
`__init__.py`, an operator does not exist or an id is taken. Here each file must contain exactly
one policy; otherwise it is a problem. Importing this module imports checkov: do so within
`isolated()`.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib.machinery
import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.cloudformation.checks.resource.registry import cfn_registry
from checkov.common.checks.base_check_registry import BaseCheckRegistry
from checkov.common.checks_infra.registry import get_graph_checks_registry
from checkov.common.graph.checks_infra.base_check import BaseGraphCheck
from checkov.common.graph.checks_infra.enums import SolverType

from catalog_platform import folders, yaml_loader
from catalog_platform.policy import tampering
from catalog_platform.policy.verdicts import ScanProblem

YAML = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One of our policies, and the resource types on which it must return a verdict.

    `name` says what it requires. `connected` are the types of other resources in which a violation
    can be, see `TemplateCheck`.
    """

    id: str
    name: str
    file: Path
    types: frozenset[str]
    connected: frozenset[str] = frozenset()


class _SourceLoader(importlib.machinery.SourceFileLoader):
    """Compiles a policy, or takes what this process has compiled from the same text.

    Python takes a compiled file for current if the source has the same size and the same time in
    seconds: it would run the policy as it was before a quick edit.
    https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
    """

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the source."""
        return _compiled(self.get_data(self.path), self.path)


@functools.lru_cache(maxsize=512)
def _compiled(source: bytes, path: str) -> CodeType:
    code: CodeType = compile(source, path, "exec", dont_inherit=True)
    return code


class _InvalidPolicyError(Exception):
    """The reason why a file is not a policy."""


@contextlib.contextmanager
def registered(folder: Path) -> Iterator[tuple[list[Policy], list[ScanProblem], frozenset[str]]]:
    """Register the policies of the folder with checkov, and unregister them at the end.

    Yields our policies, the problems of invalid files, and the ids of all policies. Restores the
    registries at the end, so that one process can scan with several sets of policies.
    """
    graph_registry = get_graph_checks_registry("cloudformation")
    graph_registry.load_checks()
    builtin = {check.id for _, check in cfn_registry.all_checks()}
    builtin |= {check.id for check in graph_registry.checks}
    before = [
        (registry, {entity: list(checks) for entity, checks in registry.items()})
        for registry in (cfn_registry.checks, cfn_registry.wildcard_checks)
    ]
    graph_before = list(graph_registry.checks)
    own_code = tampering.state(_registered_checks())
    policies: list[Policy] = []
    problems: list[ScanProblem] = []
    try:
        for file in _files(folder, problems):
            known = builtin | {policy.id for policy in policies}
            try:
                policies.append(_load(file, known))
            except _InvalidPolicyError as error:
                problems.append(ScanProblem(rule="scan-policy", message=str(error), file=file))
        for name in tampering.changes(own_code, tampering.state(_registered_checks())):
            message = f"a policy replaces or removes {name} when it is imported"
            hint = "a policy must only register itself"
            problems.append(
                ScanProblem(rule="scan-policy", message=message, hint=hint, file=folder)
            )
        yield policies, problems, frozenset(builtin | {policy.id for policy in policies})
    finally:
        for registry, checks in before:
            registry.clear()
            registry.update(checks)
        graph_registry.checks[:] = graph_before


def _files(folder: Path, problems: list[ScanProblem]) -> Iterable[Path]:
    try:
        found = folders.files_below(folder)
    except OSError as error:
        message = f"policies cannot be listed: {error.strerror}"
        problems.append(ScanProblem(rule="scan-policy", message=message, file=Path(error.filename)))
        return []
    problems += [
        ScanProblem(rule="scan-policy", message=message, hint=hint, file=file)
        for file, message, hint in _not_loaded(folder)
    ]
    return [file for file in found if file.name != "__init__.py" and file.suffix != ".pyc"]


def _not_loaded(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield what could hold policies that are not loaded, with a message and a hint."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            yield path, "is a link; its policies could be others elsewhere", "copy the file"
        elif path.name == "__init__.py" and _has_code(path):
            yield path, "is not loaded", "move the policy into a file with a name of its own"
        elif not path.is_dir() and not path.is_file():
            yield path, "is not a file", "remove it"


def _has_code(file: Path) -> bool:
    """Return whether a module has more than comments and a docstring."""
    try:
        body = ast.parse(file.read_bytes()).body
    except (SyntaxError, ValueError):
        return True
    return not all(
        isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) for each in body
    )


def _registered_checks() -> list[Any]:
    graph_checks = get_graph_checks_registry("cloudformation").checks
    return [*(check for _, check in cfn_registry.all_checks()), *graph_checks]


def _load(file: Path, known: Iterable[str]) -> Policy:
    if file.suffix == ".py":
        check: Any = _load_python(file)
        types = frozenset(check.supported_entities)
    elif file.suffix in YAML:
        check = _load_yaml(file)
        types = frozenset(_subjects(check))
    else:
        raise _InvalidPolicyError("is not a policy; a policy is a .py or .yaml file")
    if check.id in known:
        raise _InvalidPolicyError(
            f"the id {check.id} is used by another policy; choose another one"
        )
    if not types:
        raise _InvalidPolicyError("has no resource types")
    if isinstance(check, BaseGraphCheck):
        get_graph_checks_registry("cloudformation").checks.append(check)
    connected = frozenset(getattr(check, "connected", ()))
    return Policy(id=check.id, name=check.name, file=file, types=types, connected=connected)


def _load_python(file: Path) -> BaseResourceCheck:
    everything = BaseCheckRegistry.get_all_registered_checks()
    count = len(everything)
    name = f"policy_{file.stem}"
    loader = _SourceLoader(name, str(file))
    spec = importlib.util.spec_from_loader(name, loader)
    if spec is None:
        raise _InvalidPolicyError("cannot be imported")
    try:
        loader.exec_module(importlib.util.module_from_spec(spec))
    except (Exception, SystemExit) as error:  # importing a policy can raise anything
        raise _InvalidPolicyError(f"cannot be imported: {error!r}") from error
    new = everything[count:]
    if len(new) != 1:
        raise _InvalidPolicyError(
            f"registers {len(new)} policies; a file must register exactly one"
        )
    if not isinstance(new[0], BaseResourceCheck):
        raise _InvalidPolicyError("is not a policy for CloudFormation resources")
    return new[0]


def _load_yaml(file: Path) -> BaseGraphCheck:
    registry = get_graph_checks_registry("cloudformation")
    try:
        raw = yaml_loader.load(file)
    except yaml_loader.YamlError as error:
        raise _InvalidPolicyError(f"line {error.line}: {error.message}") from error
    if not isinstance(raw, dict) or not registry.parser.validate_check_config(str(file), raw):
        raise _InvalidPolicyError(
            "is not a policy: metadata (id, name, category) and definition are required"
        )
    try:
        check = registry.parser.parse_raw_check(raw, resources_types=None, check_path=str(file))
    except Exception as error:  # the parser raises many types for unknown input
        raise _InvalidPolicyError(f"checkov cannot parse it: {error!r}") from error
    for part in _parts(check):
        if registry.parser.get_check_solver(part) is None:
            raise _InvalidPolicyError(f"checkov has no operator {part.operator!r} for {part.type}")
    return check


def _parts(check: BaseGraphCheck) -> Iterator[BaseGraphCheck]:
    yield check
    for part in check.sub_checks:
        yield from _parts(part)


def _subjects(check: BaseGraphCheck) -> set[str]:
    """Return the types that filters select; without filters, all types of the policy."""
    filters = [part for part in _parts(check) if part.type == SolverType.FILTER]
    values = [part.attribute_value for part in filters]
    chosen = {one for value in values for one in (value if isinstance(value, list) else [value])}
    return chosen or set(check.resource_types)
