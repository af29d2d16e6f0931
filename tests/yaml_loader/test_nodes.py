from __future__ import annotations

import pytest

from catalog_platform.yaml_loader.nodes import Path, dotted, plain, size
from support.manifests import section


@pytest.mark.parametrize(
    ("path", "text"),
    [((), ""), (("a",), "a"), (("tags", "a", 0), "tags.a[0]"), (("a", 0, 1, "b"), "a[0][1].b")],
)
def test_a_path_is_written_with_dots_and_brackets(path: Path, text: str) -> None:
    assert dotted(path) == text


def test_a_document_is_plain_data_and_its_size_counts_nodes_and_keys() -> None:
    root = section("a: [1, two]\nb: {c: null}\n")
    assert plain(root) == {"a": [1, "two"], "b": {"c": None}}
    # The root, three keys, a list with two elements, a section and its value.
    assert size(root) == 1 + 3 + 3 + 2
