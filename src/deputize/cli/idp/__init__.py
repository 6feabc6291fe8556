"""`deputize idp`: an identity provider for tests, on this machine alone."""
