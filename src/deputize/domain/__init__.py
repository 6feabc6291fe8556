"""What several services do to the records, as functions over a transaction."""
