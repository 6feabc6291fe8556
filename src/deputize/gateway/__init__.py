"""One request from arrival to answer: who calls, may they, and what happens; start with spine.py."""
