"""One rule per file. checkov's own command line loads the Python ones only because this exists."""
