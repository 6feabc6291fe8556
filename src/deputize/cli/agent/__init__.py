"""Credentials of a role for programs on this machine, as EC2 and ECS hand them out."""
