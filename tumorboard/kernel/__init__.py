"""What all packages stand on and no physician has heard of."""
