from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from catalog_platform import arguments
from catalog_platform.arguments.options import (
    MAXIMUM_UPDATES,
    add_environments,
    add_feed,
    add_format,
    add_global_options,
    add_verb,
    count,
)


def parsed(*words: str) -> argparse.Namespace:
    top = argparse.ArgumentParser(allow_abbrev=False)
    add_global_options(top, directory=Path(), switch=False)
    verbs = top.add_subparsers(dest="verb")
    verb = add_verb(verbs, "verify", "help", lambda _workspace, _options: 7)
    add_format(verb, "text", "json")
    add_environments(verb)
    add_feed(verb)
    return top.parse_args(words)


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("007", 7), (str(MAXIMUM_UPDATES), MAXIMUM_UPDATES)]
)
def test_a_number_of_updates_is_read(text: str, number: int) -> None:
    assert count(text) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "1.5", "1e3", "1_000", "²", "\u0661", str(MAXIMUM_UPDATES + 1), "9" * 5000]
)
def test_anything_else_is_refused_with_the_allowed_numbers(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number from 0 to 1000000"):
        count(text)


def test_the_first_format_is_the_default() -> None:
    assert parsed("verify").format == "text"
    assert parsed("verify", "--format", "json").format == "json"


def test_any_number_of_environments_may_be_named() -> None:
    assert parsed("verify").names == []
    assert parsed("verify", "a", "b").names == ["a", "b"]


def test_a_global_option_before_the_verb_is_kept_and_one_after_it_wins() -> None:
    assert parsed("-C", "x", "-q", "verify").directory == Path("x")
    assert parsed("-C", "x", "-q", "verify").quiet
    assert parsed("-C", "x", "verify", "-C", "y").directory == Path("y")


@pytest.mark.parametrize("words", [["--format", "xml"], ["--updates", "many"], ["--form", "json"]])
def test_a_wrong_or_shortened_option_is_a_usage_error(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parsed("verify", *words)
    assert caught.value.code == 2
    assert words[0].removesuffix("json") in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["plan", "scan"])
@pytest.mark.parametrize("text", ["0/3", "4/3", "a/b", "1/0", "9" * 400 + "/1"])
def test_a_shard_that_does_not_exist_is_a_usage_error_with_the_form(verb, text, capsys):
    with pytest.raises(SystemExit) as leaving:
        arguments.parser().parse_args([verb, "--shard", text])
    assert leaving.value.code == 2
    assert "is not NUMBER/COUNT such as 2/3" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", "1" * 5000])
def test_a_size_of_shards_is_a_positive_number(text, capsys):
    with pytest.raises(SystemExit):
        arguments.parser().parse_args(["shards", f"--largest={text}"])
    assert "is not a number from 1 to 9999" in capsys.readouterr().err
