"""The installed ministack has every name that the adapter uses."""

from __future__ import annotations

import json

import pytest

from catalog_platform.workspace import Workspace
from support.embedded_python import output


def test_the_installed_ministack_has_the_expected_names(
    repository: Workspace,
) -> None:
    """If this fails after an upgrade, update patched_names.py and the uses of each name in
    embedded_aws/emulator.
    """
    code = (
        "import json; from importlib.metadata import version;"
        "from embedded_aws.emulator import patched_names;"
        "print(json.dumps([version('ministack') == patched_names.MINISTACK_VERSION,"
        " patched_names.problems()]))"
    )
    assert json.loads(output(repository, code)) == [True, []]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("del kinesis._streams", "ministack.services.kinesis._streams does not exist"),
        ("kinesis._split_shard = lambda other: 0", "takes ('other',), not ('data',)"),
    ],
)
def test_a_changed_name_is_reported(repository: Workspace, change: str, expected: str) -> None:
    code = (
        "from ministack.services import kinesis\n"
        "from embedded_aws.emulator import patched_names\n"
        f"{change}\nprint(patched_names.problems())\n"
    )
    assert expected in output(repository, code)


def test_the_adapter_imports_none_of_the_platforms_packages(
    repository: Workspace,
) -> None:
    code = (
        "import sys; import embedded_aws.emulator.adapter;"
        "print(sorted({'msgspec', 'rich', 'aws_cdk'} & set(sys.modules)))"
    )
    assert output(repository, code) == "[]\n"
