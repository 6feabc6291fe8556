"""Secrets at rest: the root key, sealed values, session tokens and password hashes."""
