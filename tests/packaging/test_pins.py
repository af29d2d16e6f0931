from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.packaging.pins import Pin, read
from catalog_platform.workspace import Workspace

FUNCTIONS = Workspace.find(Path(__file__).parent).functions
TEXT = """\
# a note before any pin
async_timeout==5.0.1 ; python_full_version < '3.11.3' \\
    --hash=sha256:0123 \\
    --hash=sha256:4567
    # via redis
Redis==8.1.0 \\
    --hash=sha256:89ab
    # via
    #   -c requirements/platform.txt
    #   -r functions/greeter/requirements.in
    #   other.package
six==1.17.0
"""


def test_a_pin_has_its_version_and_origins() -> None:
    assert read(TEXT) == (
        Pin("async-timeout", "5.0.1", required_by=frozenset({"redis"})),
        Pin("redis", "8.1.0", direct=True, required_by=frozenset({"other-package"})),
        Pin("six", "1.17.0"),
    )


@pytest.mark.parametrize("file", sorted(FUNCTIONS.glob("*/requirements.txt")), ids=str)
def test_every_pin_of_our_functions_is_read_with_an_origin(file: Path) -> None:
    pins = read(file.read_text())
    names = {pin.name for pin in pins}

    assert len(pins) == sum(line[:1].isalnum() for line in file.read_text().splitlines())
    assert all(pin.direct or pin.required_by for pin in pins)
    assert all(pin.required_by <= names for pin in pins)
    asked = {line.partition("==")[0].partition("[")[0] for line in _lines(file)}
    assert {pin.name for pin in pins if pin.direct} == asked


def _lines(file: Path) -> list[str]:
    return file.with_suffix(".in").read_text().split()
