"""Rehearsal of a deployment: base, updates, change under traffic, failure, rollback."""
