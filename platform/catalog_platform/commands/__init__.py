"""The commands of `catalogctl`, one verb per module; each returns an exit code."""
