"""Load and fault injection on the data path, with a reconciliation at the end."""
