"""Checks of an AWS account before a deployment: each reads, none changes anything."""
