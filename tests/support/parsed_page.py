"""HTML pages as a parser sees them."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "path", "rect", "col", "br"}


class Parsed(HTMLParser):
    """A page as a parser sees it. `unbalanced` has closing tags that close something else."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.unbalanced: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def attributes(self, name: str) -> list[str]:
        return [values[name] or "" for _, values in self.tags if name in values]


def structure(text: str) -> list[tuple[str, list[str]]]:
    """Return the tags of a balanced page, each with the names of its attributes."""
    found = Parsed(text)
    assert found.unbalanced == []
    return [(tag, sorted(values)) for tag, values in found.tags]
