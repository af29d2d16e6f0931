"""What fails a plan, as annotations of a GitHub Actions run."""

from __future__ import annotations

from catalog_platform.plan.model import Because
from catalog_platform.report.plan_github import render
from support.plan_models import FINDING, change, environment, plan


def test_a_change_to_acknowledge_is_an_error_at_the_line_that_causes_it() -> None:
    blocking = change("Stream", verdict="lost", blocking=True, source="https://aws/page")
    safe = change("Topic", verdict="interrupts")
    assert render(plan(environment("prod", blocking, safe))) == (
        "::error file=environments/d.yaml,line=3,col=1,title=update (lost)::"
        "Stream: it restarts%0A"
        "caused by: tags.owner%0A"
        "hint: correct it, or acknowledge it: catalogctl acknowledge ENV --reason … "
        "--owner … --write%0A"
        "docs: https://aws/page%0A"
        "environments: prod\n"
    )


def test_a_rejected_change_has_no_hint_to_accept_it() -> None:
    text = render(plan(environment("prod", change("A", verdict="rejected", blocking=True))))
    assert "update (rejected)" in text
    assert "acknowledge" not in text


def test_a_cause_that_is_gone_is_located_in_the_environment_s_file() -> None:
    gone = Because(kind="key", side="base", key="tags.owner", file="environments/d.yaml", line=9)
    changed = change("Stream", verdict="lost", blocking=True, because=[gone])
    assert "file=environments/prod.yaml,line=1," in render(plan(environment("prod", changed)))


def test_the_same_change_of_several_environments_is_one_annotation() -> None:
    of_stack = change("(stack)", type="stack", verdict="at_risk", blocking=True)
    made = plan(*(environment(name, stack_changes=[of_stack]) for name in ("dev", "prod")))
    (line,) = render(made).splitlines()
    assert line.endswith("%0Aenvironments: dev, prod")


def test_what_makes_an_environment_unknown_is_an_error_at_its_line() -> None:
    (line,) = render(plan(environment("a", status="unknown", findings=[FINDING]))).splitlines()
    assert line == "::error file=f.yaml,line=2,col=1,title=r::bad%0Aenvironments: a"


def test_a_plan_that_may_be_merged_has_no_annotation() -> None:
    assert render(plan(environment("a", change("Topic")), environment("b"))) == ""
