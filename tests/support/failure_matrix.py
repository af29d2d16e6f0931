"""The matrix of store failures and the functions' reactions: collected, checked, rendered.

Modules `tests/functions/failures/*_cells.py` hold the data: `CELLS`, a tuple of `Cell`, and
`STORES`, the stores that these cells describe completely.
"""

from __future__ import annotations

import ast
import importlib.util
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from catalog_runtime.reaction import Reaction

CACHE, CACHE_CLUSTER = "cache (single)", "cache (cluster)"
STORES = ("PostgreSQL", "proxy", CACHE, CACHE_CLUSTER, "S3", "SQS", "Secrets Manager")
FAILURES = (
    "refused",
    "hung",
    "slow",
    "wrong password",
    "rotated",
    "read-only",
    "full",
    "failover in the middle",
    "half of the cluster away",
    "eviction",
    "wrong type",
)
FUNCTIONS = ("processor", "reader", "replayer", "migrator")
FOLDER = "tests/functions/failures"
PAGE = "docs/store-failures.md"

Values = str | tuple[str, ...]
Combination = tuple[str, str, str]

_HEAD = """\
# How stores fail, and what each function does

<!-- `pytest --golden tests/functions/failures` writes this page; a test fails when it is old. -->

Every combination of a store, a failure and a function has one row below: the test that runs it, or
the reason why it cannot occur or cannot be run here.

A *reaction* is how a client classifies the error
([`reaction.py`](../functions/runtime/src/catalog_runtime/reaction.py)):

| reaction | meaning |
|---|---|
| `retry` | the store is unavailable or busy; the same work may succeed later |
| `repeat` | a concurrent transaction was faster; the work succeeds in a new transaction, at once |
| `degrade` | the store is a copy; the function continues without it and marks entries as stale |
| `dead-letter` | the store always refuses this data; it becomes a dead letter |
| `fail` | configuration or code is wrong; no retry helps until it is changed |
| - | the function sees no error |
"""


@dataclass(frozen=True)
class Cell:
    """What functions do when stores fail in certain ways.

    `store`, `failure` and `function` are values of the axes, or tuples of them: the cell covers
    every combination. `expected` is one plain sentence. `proof` is a pytest id
    (`tests/…/test_x.py::test_name`) that runs the cell; without one, `reason` is why the failure
    cannot occur or cannot be run here.
    """

    store: Values
    failure: Values
    function: Values
    expected: str = ""
    reaction: Reaction | None = None
    proof: str = ""
    reason: str = ""

    def combinations(self) -> list[Combination]:
        """Every combination that this cell covers."""
        return list(product(values(self.store), values(self.failure), values(self.function)))


def values(given: Values) -> tuple[str, ...]:
    """One value or several, as a tuple."""
    return (given,) if isinstance(given, str) else given


def collect(folder: Path) -> tuple[tuple[str, ...], list[Cell]]:
    """The stores that data modules describe, in the order of `STORES`, and all their cells."""
    stores: set[str] = set()
    cells: list[Cell] = []
    for path in sorted(folder.glob("*_cells.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        stores |= set(module.STORES)
        cells += module.CELLS
    return tuple(store for store in STORES if store in stores), cells


def problems(root: Path, stores: Iterable[str], cells: Sequence[Cell]) -> list[str]:
    """What is wrong with the cells of these stores, one line each."""
    counted = Counter(each for cell in cells for each in cell.combinations())
    wanted = set(product(stores, FAILURES, FUNCTIONS))
    found = [f"{each}: not an axis value" for each in counted if each not in wanted]
    found += [f"{each}: {counted[each]} cells" for each in sorted(wanted) if counted[each] != 1]
    for cell in cells:
        if bool(cell.proof) == bool(cell.reason):
            found.append(f"{cell}: needs either a proof or a reason")
        if cell.proof and not cell.expected:
            found.append(f"{cell}: has no expected behaviour")
        if cell.proof and not exists(root, cell.proof):
            found.append(f"{cell.proof}: no such test")
    return found


def exists(root: Path, proof: str) -> bool:
    """Whether a pytest id names a test function of this repository."""
    path, _, name = proof.partition("::")
    if not path.startswith("tests/") or not (root / path).is_file():
        return False
    tree = ast.parse((root / path).read_text("utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    name = name.partition("[")[0]
    return name.startswith("test_") and name in functions


def page(stores: Sequence[str], cells: Sequence[Cell]) -> str:
    """The page in Markdown: one table per store, in the order of the axes."""
    return _HEAD + "".join(
        f"\n## {store}\n\n| failure | function | what happens | reaction | shown by |\n"
        f"|---|---|---|---|---|\n{''.join(_rows(store, cells))}"
        for store in stores
    )


def _rows(store: str, cells: Sequence[Cell]) -> Iterable[str]:
    own = [cell for cell in cells if store in values(cell.store)]
    for cell in sorted(own, key=_order):
        reaction = "-" if cell.reaction is None else f"`{cell.reaction.value}`"
        shown = f"not run: {cell.reason}"
        if cell.proof:
            path, _, name = cell.proof.partition("::")
            shown = f"[`{name}`](../{path})"
        failures, functions = (", ".join(values(each)) for each in (cell.failure, cell.function))
        if values(cell.failure) == FAILURES:
            failures = "every failure"
        yield f"| {failures} | {functions} | {cell.expected or '-'} | {reaction} | {shown} |\n"


def _order(cell: Cell) -> tuple[int, int]:
    failures, functions = values(cell.failure), values(cell.function)
    return (min(map(FAILURES.index, failures)), min(map(FUNCTIONS.index, functions)))
