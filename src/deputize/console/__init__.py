"""The web console's server half: its port, its pages and the few calls that AWS has no API for."""
