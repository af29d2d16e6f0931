from __future__ import annotations

import sys

import pytest

from catalog_platform.packaging import BuildTarget


@pytest.mark.parametrize(
    ("target", "platform"),
    [
        (BuildTarget("3.13", "arm64"), "aarch64-manylinux_2_28"),
        (BuildTarget("3.12", "x86_64"), "x86_64-manylinux_2_28"),
        (BuildTarget("3.11", "x86_64"), "x86_64-manylinux2014"),
    ],
)
def test_wheels_match_the_c_library_of_the_runtime(target: BuildTarget, platform: str) -> None:
    assert target.uv_options() == (
        "--python-platform",
        platform,
        "--python-version",
        target.python,
    )


def test_a_native_target_uses_the_running_interpreter() -> None:
    target = BuildTarget.of_this_machine()

    assert target.python == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert target.uv_options() == ()
