"""S3 Control: what S3 keeps of an account, and not of a bucket."""
