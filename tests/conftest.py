"""Fixtures live in fix_*.py, one family a file."""

pytest_plugins = [
    "tests.fix_store",
    "tests.fix_world",
    "tests.conformance.fix_iam",
    "tests.conformance.fix_s3",
    "tests.conformance.fix_tutorial",
    "tests.attacks.fix_target",
]
