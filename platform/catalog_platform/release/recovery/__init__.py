"""Bring a stack that is stuck back to a state from which it can be deployed.

`planning` decides what to do, `execution` does it, `contents` finds what must not be deleted.
"""
