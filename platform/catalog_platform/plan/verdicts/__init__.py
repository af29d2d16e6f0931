"""Decide what each change of a stack does; the tables are one file per group of AWS services."""

from __future__ import annotations

from dataclasses import replace

from catalog_platform.aws.provider_schemas import is_custom
from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.rules import RULES as REFUSALS
from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.plan.property_changes import ATTRIBUTES
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts import (
    buckets,
    documents,
    elasticache,
    functions,
    network,
    operations,
    rds,
    storage,
)
from catalog_platform.plan.verdicts.decided import DECIDED
from catalog_platform.plan.verdicts.lifecycle import (
    Judgement,
    of_attributes,
    of_removal,
    of_replacement,
)

ROWS = (
    *rds.ROWS,
    *elasticache.ROWS,
    *storage.ROWS,
    *buckets.ROWS,
    *operations.ROWS,
    *functions.ROWS,
    *network.ROWS,
    *documents.ROWS,
)
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
    else:
        found += [*_of_update(update), *of_attributes(update)]
    return [*found, *_of_unknown_type(update)]


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


def _of_update(update: ResourceUpdate) -> list[Judgement]:
    rows = [
        Judgement(row.verdict, row.explanation, row.source, row.property)
        for row in ROWS
        if row.concerns(update)
    ]
    if update.is_replaced:
        # The new resource starts anew: of the rows, only the protections that it lacks count.
        lost = [each for each in rows if each.verdict is Verdict.UNPROTECTED]
        found = of_replacement(update)
        return [*(replace(found, path=name) for name in update.replaced_by), *lost]
    if is_custom(update.type):
        text = "its function is called again with the new properties"
        return [Judgement(Verdict.SAFE, text, "")]
    return rows or [Judgement(Verdict.SAFE, IN_PLACE, SCHEMA)]


def _of_unknown_type(update: ResourceUpdate) -> list[Judgement]:
    """Return a judgement of each property that changes, so that none of them passes as safe."""
    if update.is_added or update.type in DECIDED or is_custom(update.type):
        return []
    if update.is_removed and of_removal(update).verdict is Verdict.ORPHANED:
        return []
    text = f"nothing is known here about {update.type}: whether it holds data, or who uses it"
    attributes = {name for name in ATTRIBUTES if update.old.get(name) != update.new.get(name)}
    names = [""] if update.is_removed else sorted(update.changed | attributes)
    return [Judgement(Verdict.AT_RISK, text, "", name) for name in names]
