"""The policy language: from JSON text and one request to a decision that can be explained. Imports nothing of
ours.
"""
