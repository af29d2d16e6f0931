"""Formatting of PostgreSQL's errors in one line."""

from __future__ import annotations

import psycopg


def explained(error: psycopg.Error) -> str:
    """Return the server's message about an error, with its code and position in the SQL text."""
    diagnosis = error.diag
    parts = [
        f"{diagnosis.severity or 'ERROR'} {error.sqlstate or '-'}",
        diagnosis.message_primary or str(error),
        f"DETAIL: {diagnosis.message_detail}" if diagnosis.message_detail else "",
        f"HINT: {diagnosis.message_hint}" if diagnosis.message_hint else "",
        f"at character {diagnosis.statement_position}" if diagnosis.statement_position else "",
    ]
    return " - ".join(part for part in parts if part)
