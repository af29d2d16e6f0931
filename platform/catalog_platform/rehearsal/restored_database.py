"""A database that the template restores from a backup, which only the account has.

A rehearsal creates an empty one instead. A change of the backup itself can't be rehearsed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.local.overlay import Adjustment

INSTANCE = "AWS::RDS::DBInstance"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
BACKUP = ("DBSnapshotIdentifier", "SourceDbiResourceId", "RestoreTime", "UseLatestRestorableTime")
REASON = "only the account has the backup, so the database starts empty"
Template = dict[str, Any]


def changes(base: Mapping[str, Any], head: Mapping[str, Any]) -> bool:
    """Return whether the templates restore a database from different backups, or one of them."""
    before, now = base["Resources"], head["Resources"]
    return any(
        _backup(before.get(name, {})) != _backup(now.get(name, {}))
        for name in before.keys() | now.keys()
    )


def empty_instead(template: Template, database: str) -> tuple[Template, tuple[Adjustment, ...]]:
    """Return a copy of a template that creates empty databases, and its adjustments.

    `database` is the name of the database, which is part of the backup, as is the owner's name.
    """
    adapted = copy.deepcopy(template)
    return adapted, tuple(_emptied(adapted, database))


def _emptied(template: Template, database: str) -> Iterator[Adjustment]:
    for name, resource in template["Resources"].items():
        for each, wanted in _backup(resource).items():
            del resource["Properties"][each]
            resource["Properties"] |= {
                "DBName": database,
                "MasterUsername": _username(resource["Properties"]["MasterUserPassword"]),
            }
            yield Adjustment(name, each, str(wanted), "(unset)", REASON)


def _backup(resource: Mapping[str, Any]) -> dict[str, Any]:
    properties = resource.get("Properties", {})
    if resource.get("Type") != INSTANCE:
        return {}
    return {name: properties[name] for name in BACKUP if name in properties}


def _username(password: Any) -> Any:
    """Return the reference to the owner's name in the secret that has the password."""
    if isinstance(password, str):
        return password.replace(":password:", ":username:")
    if isinstance(password, Mapping):
        return {key: _username(value) for key, value in password.items()}
    return [_username(each) for each in password] if isinstance(password, list) else password
