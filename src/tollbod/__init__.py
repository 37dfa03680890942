"""Tollbod: an open electronic customs transit system."""
__version__ = "0.1.0"
