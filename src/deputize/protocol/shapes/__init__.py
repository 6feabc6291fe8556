"""Generated: the types of every request and response, for type checkers alone."""
