"""Builds results of rehearsals and of their steps."""

from __future__ import annotations

from typing import Any

from catalog_platform.rehearsal.result import Rehearsal, StepResult, problems
from catalog_platform.rehearsal.stateful_resources import EFFECTS, Loss
from catalog_platform.verification.reconcile import Row

LOSS = Loss(
    "DatabaseInstance", "AWS::RDS::DBInstance", "database", "db-1", "db-2", EFFECTS["Snapshot"]
)


def rows(found: int = 100, unexpected: int = 0) -> tuple[Row, ...]:
    return (
        Row("PostgreSQL", "stock levels", 100, found, unexpected),
        Row("PostgreSQL", "facts", 20, 20, 0),
        Row("S3 archive", "records", 300, 300, 0),
    )


def step(**changed: Any) -> StepResult:
    usual: dict[str, Any] = {
        "title": "the change is deployed under traffic",
        "seconds": 9.0,
        "status": "UPDATE_COMPLETE",
        "sent": 300,
        "longest_pause": 1.4,
        "fed": rows(),
        "earlier": rows(),
    }
    return StepResult(**{**usual, **changed})


def rolled_back(**changed: Any) -> StepResult:
    return step(
        **{
            "status": "UPDATE_ROLLBACK_COMPLETE",
            "failure": "AWS::SQS::Queue Letters no",
            "throttled": 9,
            **changed,
        }
    )


def rehearsal(
    update: StepResult | None, failed_deployment: StepResult | None, **changed: Any
) -> Rehearsal:
    first = step(title="the base is deployed and receives updates", earlier=(), longest_pause=None)
    usual: dict[str, Any] = {
        "environment": "prod",
        "base": "origin/main",
        "commit": "0123456789abcdef",
        "changes": ("changed Stream (AWS::Kinesis::Stream)",),
        "overlay": (),
        "recorded_only": ("AWS::EC2::VPC",),
        "first": first,
        "update": update,
        "failed_deployment": failed_deployment,
        "problems": problems(first, update, failed_deployment),
    }
    return Rehearsal(**{**usual, **changed})
