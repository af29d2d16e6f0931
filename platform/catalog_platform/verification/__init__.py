"""Updates for a deployed catalog, and the proof that each one arrived."""
