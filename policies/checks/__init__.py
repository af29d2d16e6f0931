"""Policies, one per file. The checkov CLI needs this file to load those in Python."""
