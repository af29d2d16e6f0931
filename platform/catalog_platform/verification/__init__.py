"""Verify a deployed catalog: send updates, and reconcile every store with them."""
