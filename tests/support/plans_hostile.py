"""Plans whose every text is one that could become markup."""

from __future__ import annotations

from catalog_platform.plan.model import (
    Acknowledgement,
    Base,
    Because,
    Cost,
    EnvironmentFinding,
    Head,
    KeyChange,
    Plan,
    Property,
)
from support.plan_models import change, environment

HOSTILE = (
    "<script>window.attacked = 1</script>",
    "<img src=x onerror='window.attacked = 1'>",
    "\"><svg onload='window.attacked = 1'>",
    "' autofocus onfocus='window.attacked = 1' x='",
    "</title></style></script></details></table><h1>",
    "<!-- <script>",
    "]]><!DOCTYPE x>",
    "{{ 7 * 7 }}{% raw %}{# #}",
    "&lt;script&gt;&#x22;",
    "javascript:window.attacked=1",
    "\u202etxet\u2066\x00\x1b[31m",
    "`${window.attacked = 1}`\n\n```\n<script>",
)


def filled_with(text: str) -> Plan:
    """Return a plan that has a text in every place where a text of others can be."""
    cause = Because(kind="key", side="head", key=text, old=text, new=[text], file=text, line=1)
    code = Because(kind="code", side="head", file=text, line=1, files=[text])
    value = Property(path=text, old=text, new={text: text}, verdict="safe", requires="update")
    folded = Property(
        path=text, old=text, new=[text], verdict="safe", requires="update", folded=True
    )
    entry = Acknowledgement(id=text, owner=text, reason=text, expires=text)
    row = change(
        text,
        type=text,
        logical_id=text,
        verdict="lost",
        group=text,
        properties=[value, folded],
        because=[cause, code],
        acknowledgement=entry,
        explanation=text,
        source=text,
    )
    other = change(f"{text}/other", logical_id="other", group=text, via=[text], because=[cause])
    cost = Cost(
        currency=text,
        as_of=text,
        old=1.0,
        new=2.0,
        difference=1.0,
        assumptions=[text],
        unknown=[text],
    )
    finding = EnvironmentFinding(side="head", rule=text, message=text, file=text, line=1)
    key = KeyChange(key=text, old=text, new={text: [text]}, file=text, line=1)
    return Plan(
        base=Base(ref=text, commit=text),
        head=Head(commit=text, dirty=True),
        environments=[
            environment(text, row, other, from_=text, keys=[key], cost=cost, verdict="lost"),
            environment(text, status="unknown", findings=[finding]),
        ],
    )
