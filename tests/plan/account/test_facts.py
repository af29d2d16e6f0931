from __future__ import annotations

from msgspec import UNSET

from catalog_platform.plan.account.facts import Expected
from catalog_platform.plan.verdict import Verdict
from support.plan_models import change

EXPECTED = Expected.of([change("A")], {"A": "Old/A", "B": "Old/B"}, {"A": "New/A"})


def test_a_resource_has_its_path_of_the_head_then_that_of_the_base_then_its_id() -> None:
    paths = [EXPECTED.note("drift", name, Verdict.SAFE, "text").resource for name in "ABC"]
    assert paths == ["New/A", "Old/B", "C"]


def test_a_note_about_a_value_hides_secrets_and_omits_what_is_unset() -> None:
    note = EXPECTED.value_note("drift", "A", Verdict.SAFE, "text", "Password", UNSET, "hunter2")
    assert (note.expected, note.actual, note.redacted) == (UNSET, "(redacted)", True)
