"""Access AWS: sessions, invocation of functions, and the outputs of a deployed stack."""
