"""Versions of the repository: which commit to compare with, and its code in a folder."""
