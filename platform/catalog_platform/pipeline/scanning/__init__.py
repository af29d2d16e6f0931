"""Scan the working tree and the base of a pull request, and compare the results."""
