"""A deployment tried out in full: base, feed, update under traffic, failure, rollback."""
