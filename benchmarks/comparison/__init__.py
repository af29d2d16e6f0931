"""Handlers against each other and against PostgreSQL's own limit, on one machine in one run."""
