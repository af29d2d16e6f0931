"""Judge what each change of a stack does; the tables are one file per group of AWS services."""

from __future__ import annotations

from catalog_platform.aws.provider_schemas import is_custom
from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.rules import RULES as REFUSALS
from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts import documents, elasticache, operations, rds, storage
from catalog_platform.plan.verdicts.decided import DECIDED
from catalog_platform.plan.verdicts.lifecycle import (
    Judgement,
    of_attributes,
    of_removal,
    of_replacement,
)

ROWS = (*rds.ROWS, *elasticache.ROWS, *storage.ROWS, *operations.ROWS, *documents.ROWS)
IN_PLACE = "changes in place"
SCHEMA = "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html"


def judge(update: ResourceUpdate) -> list[Judgement]:
    """Return everything that is known about the change of one resource; never empty."""
    found = [
        Judgement(_of_rule(rule), rule.reason, rule.source, rule.property)
        for rule in REFUSALS
        if rule.applies_to(update) and rule.refuses(update)
    ]
    if update.is_removed:
        found.append(of_removal(update))
    elif update.is_added:
        found.append(_of_addition(update))
    elif update.is_replaced:
        found += [of_replacement(update), *of_attributes(update)]
    else:
        found += [*_in_place(update), *of_attributes(update)]
    return found


def _of_rule(rule: Rule) -> Verdict:
    """Return the verdict of a refusal: some leave a resource behind, some are carried out."""
    if rule.of_deletions:
        return Verdict.ORPHANED
    return Verdict.AT_RISK if rule.breaks else Verdict.REJECTED


def _of_addition(update: ResourceUpdate) -> Judgement:
    if update.type == "AWS::SNS::Subscription":
        return Judgement(
            Verdict.SAFE,
            "is created; a receiver by e-mail or HTTPS gets nothing before it confirms",
            "https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html",
        )
    return Judgement(Verdict.SAFE, "is created", SCHEMA)


def _in_place(update: ResourceUpdate) -> list[Judgement]:
    if is_custom(update.type):
        text = "its function is called again with the new properties"
        return [Judgement(Verdict.SAFE, text, "")]
    rows = [
        Judgement(row.verdict, row.explanation, row.source, row.property)
        for row in ROWS
        if row.concerns(update)
    ]
    if update.type not in DECIDED:
        text = f"nothing is known here about changes of {update.type}"
        return [Judgement(Verdict.AT_RISK, text, ""), *rows]
    return rows or [Judgement(Verdict.SAFE, IN_PLACE, SCHEMA)]
