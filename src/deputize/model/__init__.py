"""What the server remembers, as frozen records; nothing here does I/O."""
