"""What every function of the catalog stands on: settings, secrets, the database, logs."""
