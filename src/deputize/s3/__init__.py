"""S3's operations, one concept a file."""
