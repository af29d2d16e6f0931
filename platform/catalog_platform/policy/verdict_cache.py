"""Verdicts of earlier scans of the same template, so that the engines need not even be loaded.

A verdict is reused only if all that decides it is the same: the template's bytes, its account and
region, every file of the policies, this program, Python, the installed packages, and the day (UTC),
because AWS's validation checks Lambda runtimes by the days on which their support ends:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html

Severities, thresholds and waivers are applied to the verdicts afterwards, so they are not part of
it. Problems are never kept: the engines run again until none is left.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

import catalog_platform
from catalog_platform import folders
from catalog_platform.content_cache import ContentCache
from catalog_platform.policy.assembly import StackTemplate
from catalog_platform.policy.engines import EngineRun, Engines
from catalog_platform.policy.verdicts import TemplateScan, Verdict

# Part of every key. Raise it when the content of a file changes.
FORMAT = "1"
SUFFIX = ".verdicts"
PROGRAM = Path(catalog_platform.__file__).parent

_T = TypeVar("_T")


class _Policies(msgspec.Struct, frozen=True):
    """`rules` and `policies` of an `EngineRun`."""

    rules: frozenset[str]
    policies: frozenset[str]


class _Verdicts(msgspec.Struct, frozen=True):
    """What both engines decide about a template."""

    scans: tuple[list[Verdict], list[Verdict]]

    def as_scans(self) -> list[TemplateScan]:
        """Return the scans of an environment."""
        return [TemplateScan([*verdicts]) for verdicts in self.scans]


class VerdictCache:
    """Runs engines on the templates for which `folder` has no verdicts, and keeps theirs.

    An assembly scanned with it is not attested for a deployment: every program that can write to
    the folder decides what it says.
    """

    def __init__(self, folder: Path, run: Engines) -> None:
        self._folder = folder
        self._run = run

    def __call__(self, assembly: Path, stacks: Sequence[StackTemplate], checks: Path) -> EngineRun:
        """Return what the engines would find now. They run only for templates without verdicts.

        Raises what `run` raises.
        """
        key = _key(stacks, checks)
        if key is None:  # the engines report what cannot be read
            return self._run(assembly, stacks, checks)
        cache = ContentCache(self._folder, SUFFIX, FORMAT, key.inputs)
        policies = _read(cache, "policies", _Policies)
        kept: dict[str, _Verdicts] = {}
        if policies is not None:
            for name in dict.fromkeys(key.templates.values()):
                if (verdicts := _read(cache, name, _Verdicts)) is not None:
                    kept[name] = verdicts
        rest = [each for each in stacks if key.templates[each.environment] not in kept]
        if policies is not None and not rest:
            ran = EngineRun({}, [], policies.rules, policies.policies)
        else:
            ran = self._run(assembly, rest, checks)
            if not ran.problems and _is_current(key, stacks, checks):
                cache.write_all(_contents(ran, rest, key))
        scans = {
            name: ran.scans[name] if template not in kept else kept[template].as_scans()
            for name, template in key.templates.items()
        }
        return EngineRun(scans, ran.problems, ran.rules, ran.policies)


@dataclass(frozen=True, slots=True)
class _Key:
    """What decides all verdicts, and what else decides those of an environment's template."""

    inputs: str
    templates: Mapping[str, str]


def _key(stacks: Sequence[StackTemplate], checks: Path) -> _Key | None:
    """Return None if a file cannot be read."""
    try:
        return _Key(
            inputs="\0".join((str(_today()), _program(), _digest(checks))),
            templates={each.environment: _template(each) for each in stacks},
        )
    except OSError:
        return None


def _is_current(key: _Key, stacks: Sequence[StackTemplate], checks: Path) -> bool:
    """Return whether no file was edited, and the day has not ended, since the key was made.

    The engines may have read a file before or after an edit.
    """
    try:
        return _key(stacks, checks) == key and _digest(PROGRAM) == _program()
    except OSError:
        return False


@functools.cache
def _program() -> str:
    """Return the digest of this program as it was loaded: later edits don't change it."""
    return _digest(PROGRAM)


def _template(stack: StackTemplate) -> str:
    # checkov chooses a parser by the suffix.
    content = hashlib.sha256(stack.template.read_bytes()).hexdigest()
    kind = "sample" if stack.is_sample else "environment"
    return "\0".join((stack.account, stack.region, stack.template.suffix, kind, content))


def _digest(folder: Path) -> str:
    """Return the SHA-256 over names and contents of all files but Python's compiled ones."""
    total = hashlib.sha256()
    for path in folders.files_below(folder):
        if "__pycache__" not in path.parts:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            total.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return total.hexdigest()


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _contents(ran: EngineRun, stacks: Sequence[StackTemplate], key: _Key) -> dict[str, bytes]:
    """Return what to keep of a run: nothing of a template that has a problem."""
    contents = {"policies": msgspec.json.encode(_Policies(ran.rules, ran.policies))}
    for name in (each.environment for each in stacks):
        checked, validated = ran.scans[name]
        if not checked.problems and not validated.problems:
            verdicts = _Verdicts((checked.verdicts, validated.verdicts))
            contents[key.templates[name]] = msgspec.json.encode(verdicts)
    return contents


def _read(cache: ContentCache, name: str, kind: type[_T]) -> _T | None:
    content = cache.read(name)
    if content is None:
        return None
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError:
        return None
