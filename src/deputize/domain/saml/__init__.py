"""SAML 2.0: what identity providers say of themselves, and what they say of people."""
