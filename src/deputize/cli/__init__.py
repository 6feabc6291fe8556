"""The command line: serve, account, demo."""
