"""Rehearse a deployment on an embedded AWS: base, change under traffic, failure and rollback."""
