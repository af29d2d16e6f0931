"""The data path under load and faults, on the embedded AWS, with an account at the end."""
