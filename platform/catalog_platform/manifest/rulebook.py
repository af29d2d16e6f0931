"""Every rule that a manifest can break, in words: what it asks for, and what it is there for."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping

from catalog_platform.manifest import checks
from catalog_platform.manifest.checks.rule import rule_id

PAGE = "docs/rules.md"

FILES: Mapping[str, str] = {
    "unreadable": "A manifest is a regular file inside environments/, of at most 256 KiB. Links "
    "that lead out of the folder, pipes and folders are not read.",
    "not-utf-8": "A manifest is saved as UTF-8.",
    "hidden-character": "Characters that cannot be seen have no place in a manifest: they make a "
    "text look like something it is not, to the person who reviews it.",
    "stray-file": "Manifests end in .yaml. A file that ends in .yml is not read, and nobody would "
    "notice that it does nothing.",
    "too-large": "A file holds at most 2,000 values, and a text at most 4,096 characters.",
    "too-expensive": "Checking one environment takes at most 5 s of processor time, 30 s by the "
    "clock and 512 MiB of memory.",
}
YAML: Mapping[str, str] = {
    "syntax": "A manifest is valid YAML as it lies there, before any expression is evaluated.",
    "several-documents": "One file describes one environment; a second document would be ignored.",
    "too-deep": "Sections and lists are nested at most 12 levels deep.",
    "tag": "YAML tags such as `!!python/object` are refused: bare values are all that is needed.",
    "anchor": "Anchors, aliases and merge keys are refused: a few lines of them can stand for "
    "gigabytes. Refer to another key with an expression instead.",
    "key": "A key is a word. Numbers, lists, nothing and unquoted expressions are no keys.",
    "duplicate-key": "A key stands once in its section. YAML parsers take the last one silently.",
    "not-a-mapping": "A manifest is a mapping of sections.",
}
LAYERS: Mapping[str, str] = {
    "directive": "`extends`, `merge` and `divergences` are read before anything is evaluated, so "
    "they hold no expressions; the defaults have none of them.",
    "extends-missing": "`extends` names files that exist, seen from environments/.",
    "extends-outside": "`extends` stays inside environments/, links followed. The defaults come "
    "first anyway and are not named.",
    "extends-cycle": "A file does not build on itself, not by way of others either.",
    "extends-too-deep": "A chain of `extends` has at most 8 files, an environment at most 24.",
    "merge-strategy": "An override under `merge` does something, and can be done: append wants a "
    "list that this file sets, replace a section that it and an extended file set, unset a key "
    "that an extended file sets and this one does not.",
    "type-change": "A key is of the same kind in every file: text does not become a list.",
}
VALUES: Mapping[str, str] = {
    "expression": "An expression is valid, refers to keys that exist, calls functions that exist, "
    "and gives one short value. docs/expressions.md lists what can be called.",
    "cycle": "A value does not depend on itself.",
    "unknown-key": "Every key is one that a manifest has; a misspelt one would do nothing.",
    "missing-key": "A key that the defaults leave to the environment is set by it.",
    "wrong-type": "A value is of the type that its key has.",
    "not-a-choice": "A value is one of those that its key can have.",
    "out-of-range": "A number lies within its bounds.",
    "wrong-form": "A text has the form that its key asks for.",
    "wrong-length": "A text or list is neither too short nor too long.",
}
COMPARISON: Mapping[str, str] = {
    "undeclared-difference": "What differs between two environments is declared under "
    "`divergences`, with a reason. Only `catalogctl compare --strict` asks for this.",
}


@functools.cache
def chapters() -> Mapping[str, Mapping[str, str]]:
    """All rules by what they are about: identifier and description."""
    functions: list[Callable[..., object]] = [
        checks.identity.name_is_the_file_name,
        *checks.RULES,
        *checks.environments.PAIR_RULES,
    ]
    sense = {rule_id(rule): inspect.getdoc(rule) or "" for rule in functions}
    return {
        "Files": FILES,
        "YAML": YAML,
        "Layers": LAYERS,
        "Values": VALUES,
        "Sense": sense,
        "Comparison": COMPARISON,
    }


@functools.cache
def rules() -> Mapping[str, str]:
    """Every rule's description by its identifier."""
    return {rule: told for chapter in chapters().values() for rule, told in chapter.items()}


def page(rule: str) -> str:
    """Where the rule is described, relative to the repository; empty for a scanner's own rule."""
    return f"{PAGE}#{rule}" if rule in rules() else ""
