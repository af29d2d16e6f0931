"""Sessions and optional functions of environments."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from catalog_platform.aws import stack_outputs
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.errors import PlatformError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.target import function_of
from support.manifests import a_repository, with_lines

OUTPUTS = Outputs(
    stream_name="",
    database_endpoint="",
    database_port=1,
    database_name="",
    database_secret_arn="",
    cache_endpoint="",
    cache_port=1,
    archive_bucket_name="",
    dead_letter_bucket_name="",
    reader_function_name="the-reader",
)


@pytest.mark.parametrize(("part", "found"), [("reader", "the-reader"), ("replayer", None)])
def test_a_function_that_is_enabled_and_not_in_the_stack_has_to_be_deployed(
    part: Literal["reader", "replayer"],
    found: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stack_outputs, "read", lambda *_: OUTPUTS)
    workspace = a_repository(tmp_path / "r", sample=with_lines("release:\n  target: aws\n"))
    manifest = Manifests(workspace).load("sample")
    if found:
        assert function_of(workspace, manifest, part)[1] == found
    else:
        with pytest.raises(PlatformError, match=f"stack of sample has no {part} yet") as caught:
            function_of(workspace, manifest, part)
        assert caught.value.hint == "deploy it: catalogctl deploy sample"
