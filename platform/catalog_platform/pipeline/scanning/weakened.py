"""What the working tree's policies, and the code that they run with, may tolerate in addition."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.pipeline.compared_versions import ComparedVersions
from catalog_platform.pipeline.scan import environment_facts
from catalog_platform.policy.weaker import REVIEW, weaker
from catalog_platform.versions.files import is_below

ENGINES = "platform/catalog_platform/policy"


def weakened(
    versions: ComparedVersions,
    renamed: Mapping[str, str],
    *,
    ran: Collection[str],
    known: Collection[str],
) -> tuple[Finding, ...]:
    """Return a warning for each way in which the working tree may tolerate more than the base.

    `renamed` has the former names of environments, `ran` the policies that ran at the base, `known`
    those that the working tree has. The versions have the policies of the base.
    """
    return (*_engines(versions), *_policies(versions, renamed, ran, known))


def _engines(versions: ComparedVersions) -> Iterator[Finding]:
    """Yield a warning if code that decides about violations differs from the base."""
    if changed := [each for each in versions.code if is_below(each, (ENGINES,))]:
        more = f" (and {len(changed) - 1} more)" if len(changed) > 1 else ""
        yield Finding(
            rule="policy-changed",
            message=f"the code that policies run with differs from the base{more}",
            hint=REVIEW,
            location=Location(changed[0]),
            severity=Severity.WARNING,
        )


def _policies(
    versions: ComparedVersions,
    renamed: Mapping[str, str],
    ran: Collection[str],
    known: Collection[str],
) -> tuple[Finding, ...]:
    old, now = versions.before.workspace, versions.now.workspace
    if not old.policies.is_dir():
        return ()
    new_names = {old: new for new, old in renamed.items()}
    facts = [environment_facts(versions.before, name) for name in old.environment_names()]
    return weaker(
        old.policies,
        now.policies,
        ran=ran,
        known=known,
        # Waivers of the base name environments as they were called.
        before=[
            *facts,
            *(replace(each, name=new_names.get(each.name, each.name)) for each in facts),
        ],
        now=[environment_facts(versions.now, name) for name in now.environment_names()],
        today=datetime.datetime.now(datetime.UTC).date(),
    )
