"""Start and stop the embedded AWS: PostgreSQL, a cache and an AWS endpoint on this machine.

The Python environment that runs the emulator imports this package too and has few packages
installed: this module must not import anything.
"""
