from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from catalog_platform import yaml_loader
from catalog_platform.yaml_loader import Limits, LocatedDict, YamlError


def load(folder: Path, text: str | bytes, **options):
    file = folder / "f.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return yaml_loader.load(file, **options)


def test_a_word_has_the_same_value_as_in_a_manifest(tmp_path):
    text = "[no, off, y, 014, 12:30, 0x1f, 1e3, ~, true, '1', 2030-12-31]"
    assert load(tmp_path, text) == [
        "no", "off", "y", "014", "12:30", 31, 1000.0, None, True, "1", "2030-12-31",
    ]  # fmt: skip


def test_dates_are_read_only_on_request_and_without_quotes(tmp_path):
    text = "[2030-12-31, '2030-12-31', 2030-13-31, 2030-12-31T00:00:00Z]"
    assert load(tmp_path, text, dates=True) == [
        datetime.date(2030, 12, 31), "2030-12-31", "2030-13-31", "2030-12-31T00:00:00Z",
    ]  # fmt: skip


def test_a_mapping_has_its_line_and_those_of_its_keys(tmp_path):
    first, second = load(tmp_path, "# one\n- a: 1\n  b: 2\n-\n  c: {d: 3}\n")
    assert (type(first), first.line, first.key_lines) == (LocatedDict, 2, {"a": 2, "b": 3})
    assert (second.line, second["c"].line, second["c"].key_lines) == (5, 5, {"d": 5})


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_empty_file_holds_nothing(text, tmp_path):
    assert load(tmp_path, text) is None


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "'a' is already set in line 1"),
        ("a: 1\n1: b\n", 2, "1 cannot be a key"),
        ("a: 1\nb: &x 2\n", 2, "the anchor &x is not allowed"),
        ("a: 1\nb: !!binary aa==\n", 2, "the tag tag:yaml.org,2002:binary is not allowed"),
        ("a: 1\n---\nb: 1\n", 2, "the file contains a second document"),
        ("a: 1\nb: [\n", 2, "did not find expected node content"),
        ('a: 1\nb: "\\u202e"\n', 2, "invisible character U+202E RIGHT-TO-LEFT OVERRIDE"),
        (b"a: \xff\n", 1, "is not UTF-8"),
        ("a: " + "x" * 1024 * 1024, 1, "has more than 1048576 characters"),
    ],
)
def test_forbidden_yaml_is_refused_with_its_line(text, line, message, tmp_path):
    with pytest.raises(YamlError) as caught:
        load(tmp_path, text)
    assert message in caught.value.message
    assert caught.value.line == line


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(YamlError, match="cannot be read: No such file"):
        yaml_loader.load(tmp_path / "f.yaml")


def test_limits_may_be_given(tmp_path):
    with pytest.raises(YamlError, match="at most 3 values"):
        load(tmp_path, "[1, 2, 3]", limits=Limits(values=3))


def test_a_text_has_the_same_limits_and_errors_as_a_file():
    assert yaml_loader.loads("a: [1, no]", "text") == {"a": [1, "no"]}
    with pytest.raises(YamlError, match="tag"):
        yaml_loader.loads("a: !Sub b", "text")
    with pytest.raises(YamlError, match="characters"):
        yaml_loader.loads("#" * (1024 * 1024 + 1), "text")
