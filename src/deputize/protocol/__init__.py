"""Bytes to typed requests and back, without I/O: AWS's wire protocols, routing, SigV4 and checksums."""
