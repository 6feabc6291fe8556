"""Deputize: a self-hosted, AWS-wire-compatible IAM, STS and S3 in which every request is really
authorized.
"""
