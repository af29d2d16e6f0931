"""Compare what an account says with the changes of a plan."""
