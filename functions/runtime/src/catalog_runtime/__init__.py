"""Library that all functions share: settings, secrets, clients of the stores, logs, metrics."""
