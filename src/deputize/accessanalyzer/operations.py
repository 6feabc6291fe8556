"""Imports every file that declares an operation of Access Analyzer."""

from deputize.accessanalyzer import validate_policy
from deputize.accessanalyzer.service import accessanalyzer

__all__ = ["accessanalyzer", "validate_policy"]
