"""The matrix of a workflow's rehearsals."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from catalog_platform.report.rehearsal_matrix import MOST_JOBS, render
from support.plan_models import environment, plan


def matrix(*environments: Any) -> list[str]:
    found: list[str] = json.loads(render(plan(*environments)))
    return found


def on_aws(name: str, **values: Any) -> Any:
    return msgspec.structs.replace(
        environment(name), **{"status": "changed", "target": "aws", **values}
    )


def test_each_job_rehearses_one_environment_that_changes() -> None:
    assert matrix(on_aws("dev"), on_aws("prod")) == ["dev", "prod"]
    assert matrix() == []


@pytest.mark.parametrize(
    "values",
    [{"status": status} for status in ("unchanged", "added", "removed", "renamed", "unknown")]
    + [{"target": "embedded"}, {"target": msgspec.UNSET}],
)
def test_what_has_no_deployed_stack_on_aws_to_update_is_not_rehearsed(
    values: dict[str, Any],
) -> None:
    assert matrix(on_aws("dev", **values)) == []


def test_more_environments_than_jobs_are_divided_among_the_jobs() -> None:
    names = [f"shop-{number}" for number in range(2 * MOST_JOBS + 1)]
    found = matrix(*map(on_aws, names))
    assert len(found) == MOST_JOBS
    assert {len(each.split()) for each in found} == {2, 3}
    assert sorted(" ".join(found).split()) == sorted(names)
