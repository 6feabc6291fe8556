"""The policy simulator: what a call would get, asked of the same engine that decides about calls."""
