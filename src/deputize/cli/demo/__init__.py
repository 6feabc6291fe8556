"""`deputize demo`: AWS's delegation tutorial, run with the real AWS CLI."""
