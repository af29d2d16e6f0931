"""The secret of the database's owner."""

from __future__ import annotations

from catalog_platform.aws.refused_updates import refused_updates
from support.updates import with_owner


def test_a_new_owner_is_refused_because_the_instance_keeps_its_password() -> None:
    for head in (with_owner("other"), with_owner("owner", length=40)):
        (found,) = refused_updates(with_owner("owner"), head)
        assert (found.resource, found.key) == ("Owner", "database.username")
        assert str(found).startswith(
            "database.username: the stack breaks after Owner.GenerateSecretString"
        )
    assert not refused_updates(with_owner("owner"), with_owner("owner"))
    # A new instance is created with the new password.
    assert not refused_updates(with_owner("owner"), with_owner("other", database="b"))
