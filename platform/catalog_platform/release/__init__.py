"""From a scanned assembly to a deployed stack that is shown to work."""
