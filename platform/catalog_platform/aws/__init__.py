"""How AWS is reached, and what a deployed stack says about itself."""
