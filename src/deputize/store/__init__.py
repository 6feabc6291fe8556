"""Records to SQL and back, behind an interface that any engine can serve."""
