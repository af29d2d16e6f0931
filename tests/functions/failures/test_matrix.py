from __future__ import annotations

from dataclasses import replace
from itertools import product

from catalog_platform.workspace import Workspace
from support.failure_matrix import (
    FAILURES,
    FOLDER,
    FUNCTIONS,
    PAGE,
    Cell,
    collect,
    page,
    problems,
)

PROOF = "tests/functions/failures/test_matrix.py::test_a_complete_matrix_has_no_problems"
COMPLETE = Cell("S3", FAILURES, FUNCTIONS, "The work is retried.", proof=PROOF)


def test_every_combination_has_one_cell_with_a_proof_or_a_reason(repository: Workspace) -> None:
    stores, cells = collect(repository.root / FOLDER)

    assert problems(repository.root, stores, cells) == []


def test_the_page_shows_the_cells(repository: Workspace, golden: bool) -> None:
    path = repository.root / PAGE
    text = page(*collect(repository.root / FOLDER))
    if golden:
        path.write_text(text)
    assert path.read_text() == text, f"{PAGE} is out of date: make golden"


def test_a_complete_matrix_has_no_problems(repository: Workspace) -> None:
    assert problems(repository.root, ["S3"], [COMPLETE]) == []


def test_a_gap_and_an_overlap_are_found(repository: Workspace) -> None:
    cells = [
        replace(COMPLETE, failure=FAILURES[1:]),
        replace(COMPLETE, failure="slow", function="reader"),
    ]

    assert problems(repository.root, ["S3"], cells) == [
        *(f"{each}: 0 cells" for each in product(["S3"], FAILURES[:1], sorted(FUNCTIONS))),
        "('S3', 'slow', 'reader'): 2 cells",
    ]


def test_a_value_that_is_on_no_axis_is_found(repository: Workspace) -> None:
    cell = Cell("S3", "haunted", "reader", reason="there are no ghosts")

    assert problems(repository.root, ["S3"], [COMPLETE, cell]) == [
        "('S3', 'haunted', 'reader'): not an axis value"
    ]


def test_a_cell_needs_a_test_that_exists_or_a_reason_but_not_both(repository: Workspace) -> None:
    for cell, problem in (
        (replace(COMPLETE, proof=""), "needs either a proof or a reason"),
        (replace(COMPLETE, reason="both"), "needs either a proof or a reason"),
        (replace(COMPLETE, expected=""), "has no expected behaviour"),
        (replace(COMPLETE, proof="tests/conftest.py::test_gone"), "no such test"),
        (replace(COMPLETE, proof="tests/gone.py::test_gone"), "no such test"),
        (replace(COMPLETE, proof="tests/conftest.py::golden"), "no such test"),
    ):
        (found,) = problems(repository.root, ["S3"], [cell])
        assert problem in found
