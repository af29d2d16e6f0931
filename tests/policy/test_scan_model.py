from __future__ import annotations

import msgspec
import pytest

from catalog_platform.policy import scan_model


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": []}', '{"environments": 1}'])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises((msgspec.DecodeError, msgspec.ValidationError)):
        scan_model.decode(text)


def test_an_empty_scan_has_the_version_of_its_format() -> None:
    empty = scan_model.Scan(environments=[], results=[], fixed=[], checks=[], findings=[])
    assert msgspec.json.decode(msgspec.json.encode(empty))["schema_version"] == 1
