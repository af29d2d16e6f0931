"""The registry of rules: identifier, chapter and description of each."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping

from catalog_platform.manifest import checks
from catalog_platform.manifest.checks.rule import rule_id

PAGE = "docs/rules.md"

FILES: Mapping[str, str] = {
    "unreadable": "A manifest is a regular file inside environments/, of at most 256 KiB. "
    "Pipes, folders and links to files outside environments/ are not read.",
    "not-utf-8": "A manifest is encoded as UTF-8.",
    "hidden-character": "A manifest contains no invisible characters, such as control characters "
    "or bidirectional overrides. They make a text look different from its content in a review.",
    "stray-file": "Manifests end in .yaml. A file that ends in .yml is ignored.",
    "too-large": "A file holds at most 2,000 values, and a text at most 4,096 characters.",
    "too-expensive": "Checking one environment takes at most 5 s of CPU time, 30 s of elapsed time "
    "and 512 MiB of memory.",
}
YAML: Mapping[str, str] = {
    "syntax": "A manifest is valid YAML before any expression is evaluated.",
    "several-documents": "A file contains one YAML document, which describes one environment.",
    "too-deep": "Sections and lists are nested at most 12 levels deep.",
    "tag": "YAML tags such as `!!python/object` are not allowed. Write the bare value.",
    "anchor": "Anchors, aliases and merge keys are not allowed: a few lines of them can expand to "
    "gigabytes. Refer to another key with an expression instead.",
    "key": "A key is a word. Numbers, lists, null and unquoted expressions cannot be keys.",
    "duplicate-key": "A key occurs once in its section. YAML parsers silently take the last one.",
    "not-a-mapping": "The top level of a manifest is a mapping of sections.",
}
LAYERS: Mapping[str, str] = {
    "directive": "`extends`, `merge`, `divergences` and `exceptions` are read before expressions "
    "are evaluated, so they cannot contain expressions. defaults.yaml cannot contain them. "
    "`divergences` and `exceptions` are about one environment: a file in a folder, which several "
    "environments can extend, cannot contain them.",
    "extends-missing": "`extends` names existing files, relative to environments/.",
    "extends-outside": "`extends` names files inside environments/; symbolic links are resolved "
    "first. It does not name defaults.yaml, which every environment extends implicitly.",
    "extends-cycle": "A file does not extend itself, directly or through other files.",
    "extends-too-deep": "A chain of `extends` has at most 8 files, an environment at most 24.",
    "merge-strategy": "An override under `merge` has an effect. `append` is for a list that this "
    "file sets, `replace` for a section that both this file and an extended file set, and `unset` "
    "for a key that an extended file sets and this file does not.",
    "exception": "An entry of `exceptions` names a rule for production that its key breaks, and a "
    "last day from today to 400 days ahead. Rules about what AWS accepts allow no exceptions.",
    "type-change": "A key has the same type in every file: text cannot become a list.",
}
VALUES: Mapping[str, str] = {
    "expression": "An expression is valid, uses only keys, functions and filters that exist, and "
    "yields a single short value. docs/expressions.md lists functions and filters.",
    "cycle": "The expressions of a manifest do not refer to each other in a cycle.",
    "unknown-key": "Every key exists in the schema.",
    "missing-key": "The environment sets every key that defaults.yaml leaves null for it.",
    "wrong-type": "A value has the type of its key.",
    "not-a-choice": "A value is one of those that its key allows.",
    "out-of-range": "A number is within the range of its key.",
    "wrong-form": "A text matches the pattern of its key.",
    "wrong-length": "The length of a text or list is within the limits of its key.",
}
COMPARISON: Mapping[str, str] = {
    "undeclared-difference": "Each difference between two environments is declared under "
    "`divergences`, with a reason. Only `catalogctl compare --strict` checks this rule.",
}


@functools.cache
def chapters() -> Mapping[str, Mapping[str, str]]:
    """Return chapters of rules: for each chapter, descriptions by rule identifier."""
    functions: list[Callable[..., object]] = [
        checks.identity.name_is_the_file_name,
        *checks.RULES,
        *checks.environments.PAIR_RULES,
    ]
    consistency = {rule_id(rule): inspect.getdoc(rule) or "" for rule in functions}
    return {
        "Files": FILES,
        "YAML": YAML,
        "Layers": LAYERS,
        "Values": VALUES,
        "Consistency": consistency,
        "Comparison": COMPARISON,
    }


@functools.cache
def rules() -> Mapping[str, str]:
    """Return every rule's description by its identifier."""
    return {rule: text for chapter in chapters().values() for rule, text in chapter.items()}


def rule_link(rule: str) -> str:
    """Return the link to a rule's description, relative to the repository.

    Empty for rules of external scanners.
    """
    return f"{PAGE}#{rule}" if rule in rules() else ""
