"""One verb per file: each composes the parts below it, and returns an exit code."""
