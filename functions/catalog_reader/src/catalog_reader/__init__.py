"""Answers what is known of articles, from the cache where it can."""
