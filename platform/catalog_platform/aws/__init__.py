"""Access to AWS: sessions, function calls and the outputs of a deployed stack."""
