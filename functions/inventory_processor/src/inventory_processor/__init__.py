"""Applies inventory updates from Kinesis to PostgreSQL, the cache and the archive."""
