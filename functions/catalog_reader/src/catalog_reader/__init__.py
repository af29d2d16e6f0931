"""Answers what is in stock, from the cache where it can."""
