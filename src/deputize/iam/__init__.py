"""Identity and Access Management: users, groups, roles, their policies and access keys."""
