"""The bytes of objects that are too large for the database."""
