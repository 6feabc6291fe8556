"""The HTTP edge: bytes on a socket to requests and back."""
