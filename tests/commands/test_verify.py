from __future__ import annotations

import pytest

from catalog_platform.commands import verify as command
from catalog_platform.errors import UsageError
from catalog_platform.workspace import Workspace


def test_more_malformed_than_updates_is_a_usage_error(
    examples: Workspace,
) -> None:
    with pytest.raises(UsageError, match="--malformed 4: more than --updates 3"):
        command.run(examples, name="local", updates=3, malformed=4, seed=1)
