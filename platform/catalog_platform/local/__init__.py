"""The embedded AWS: PostgreSQL, a cache and an AWS endpoint on this machine, and nothing else.

This package is also imported by the Python that runs the emulator, where few packages exist: it
must stay free of imports.
"""
