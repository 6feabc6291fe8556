"""Cases: one question with all the policies that have a say, as a JSON object (docs/policy.md)."""
