"""Where a result of a policy comes from: the code of its construct, and its manifest key."""
