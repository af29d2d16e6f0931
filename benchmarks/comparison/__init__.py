"""Compare handlers with each other and with PostgreSQL alone, on one machine in one run."""
