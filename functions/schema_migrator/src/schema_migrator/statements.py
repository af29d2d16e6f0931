"""Detection of transaction control statements in SQL text, by PostgreSQL's lexical rules.

A migration runs inside a transaction of the migrator. A `COMMIT` in its file would end that
transaction too early.
https://www.postgresql.org/docs/current/sql-syntax-lexical.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

CONTROL = {
    *("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"),
    "PREPARE TRANSACTION",
}

_TOKEN = re.compile(
    r"""
      (?P<space>   \s+ | --[^\r\n]* )
    | (?P<comment> /\* )
    | (?P<escape>  [eE]' (?: [^'\\] | '' | \\. )* '? )
    | (?P<text>    (?: [bBxXnN] | [uU]& )? ' (?: [^'] | '' )* '? )
    | (?P<name>    (?: [uU]& )? " (?: [^"] | "" )* "? )
    | (?P<dollar>  \$ (?: [A-Za-z_\x80-\U0010ffff] [A-Za-z0-9_\x80-\U0010ffff]* )? \$ )
    | (?P<word>    [A-Za-z_\x80-\U0010ffff] [A-Za-z0-9_$\x80-\U0010ffff]* )
    | (?P<number>  \$?[0-9] [A-Za-z0-9_]* )
    | (?P<other>   . )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
# `CREATE FUNCTION … BEGIN ATOMIC …; …; END` is one statement. psql counts in the same way:
# https://github.com/postgres/postgres/blob/REL_17_STABLE/src/fe_utils/psqlscan.l
_ROUTINE = re.compile(r"CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)\b")
_PREFIX_WORDS = 4


@dataclass(slots=True)
class _Statement:
    """A partly read statement: its first words, and its open parentheses and blocks."""

    words: list[str] = field(default_factory=list)
    at: int = 0
    parentheses: int = 0
    blocks: int = 0

    @property
    def control(self) -> str | None:
        first = " ".join(self.words[:2])
        found = first if first in CONTROL else next(iter(self.words), "")
        return found if found in CONTROL else None

    def add_word(self, word: str, at: int) -> None:
        if not self.words:
            self.at = at
        if len(self.words) < _PREFIX_WORDS:
            self.words.append(word)
        if self.parentheses or not _ROUTINE.match(" ".join(self.words)):
            return
        if word == "BEGIN" or (word == "CASE" and self.blocks):
            self.blocks += 1
        elif word == "END" and self.blocks:
            self.blocks -= 1


def transaction_control(sql: str) -> list[tuple[int, str]]:
    """Return line (from 1) and keyword of each statement that begins or ends a transaction."""
    return [
        (sql.count("\n", 0, statement.at) + 1, statement.control)
        for statement in _statements(sql)
        if statement.control is not None
    ]


def _statements(sql: str) -> Iterator[_Statement]:
    statement = _Statement()
    for kind, text, at in _tokens(sql):
        if kind == "word":
            statement.add_word(text.upper(), at)
        elif text == "(":
            statement.parentheses += 1
        elif text == ")":
            statement.parentheses = max(0, statement.parentheses - 1)
        elif text == ";" and not statement.parentheses and not statement.blocks:
            yield statement
            statement = _Statement()
        elif not statement.words:
            # A statement that does not start with a word is not transaction control.
            statement.words.append("")
    yield statement


def _tokens(sql: str) -> Iterator[tuple[str, str, int]]:
    """Yield kind, text and offset of each token except spaces and comments."""
    at = 0
    while found := _TOKEN.match(sql, at):
        kind, start, at = found.lastgroup or "", at, found.end()
        if kind == "comment":
            at = _end_of_comment(sql, at)
        elif kind == "dollar":
            close = sql.find(found[0], at)
            at = len(sql) if close < 0 else close + len(found[0])
            yield kind, "$", start
        elif kind != "space":
            yield kind, found[0], start


def _end_of_comment(sql: str, at: int) -> int:
    """Return the offset after a comment that was opened before `at`; comments nest."""
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(sql, at)
        if edge is None:
            return len(sql)
        depth += 1 if edge[0] == "/*" else -1
        at = edge.end()
    return at
