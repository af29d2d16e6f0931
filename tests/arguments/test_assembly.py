from __future__ import annotations

import pytest

from catalog_platform import arguments

SYNTH = ["synth", "--out", "x"]


@pytest.mark.parametrize(
    ("variable", "words", "target"),
    [
        (None, [], None),
        ("", [], None),
        ("embedded", [], "embedded"),
        ("embedded", ["--target", "aws"], "aws"),
    ],
)
def test_the_target_comes_from_the_option_then_from_the_environment(
    variable: str | None, words: list[str], target: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CATALOGCTL_TARGET", raising=False)
    if variable is not None:
        monkeypatch.setenv("CATALOGCTL_TARGET", variable)
    assert arguments.parser().parse_args([*SYNTH, *words]).target == target


@pytest.mark.parametrize(("variable", "words"), [("azure", []), ("aws", ["--target", "azure"])])
def test_an_unknown_target_is_refused_wherever_it_comes_from(
    variable: str,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CATALOGCTL_TARGET", variable)
    with pytest.raises(SystemExit):
        arguments.parser().parse_args([*SYNTH, *words])
    assert "'azure' is not one of: aws, embedded" in capsys.readouterr().err


def test_the_output_folder_of_synth_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments.parser().parse_args(["synth"])
    assert "--out" in capsys.readouterr().err
