"""Every name of ministack that the adapter touches is what the adapter expects."""

from __future__ import annotations

import json

import pytest

from catalog_platform.workspace import Workspace
from support.embedded_python import output


def test_the_installed_ministack_is_the_one_the_adapter_was_written_for(
    repository: Workspace,
) -> None:
    """When this fails after an upgrade: compare each name with its use in local/emulator, adapt it
    there and in internals.py."""
    code = (
        "import json; from importlib.metadata import version;"
        "from catalog_platform.local.emulator import internals;"
        "print(json.dumps([version('ministack') == internals.MINISTACK_VERSION,"
        " internals.problems()]))"
    )
    assert json.loads(output(repository, code)) == [True, []]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("del kinesis._streams", "ministack.services.kinesis._streams is gone"),
        ("kinesis._split_shard = lambda other: 0", "takes ('other',), not ('data',)"),
    ],
)
def test_a_name_that_changed_is_named(repository: Workspace, change: str, told: str) -> None:
    code = (
        "from ministack.services import kinesis\n"
        "from catalog_platform.local.emulator import internals\n"
        f"{change}\nprint(internals.problems())\n"
    )
    assert told in output(repository, code)


def test_what_the_emulator_runs_needs_none_of_the_platforms_packages(
    repository: Workspace,
) -> None:
    code = (
        "import sys; import catalog_platform.local.emulator.adapter;"
        "print(sorted({'msgspec', 'rich', 'aws_cdk'} & set(sys.modules)))"
    )
    assert output(repository, code) == "[]\n"
