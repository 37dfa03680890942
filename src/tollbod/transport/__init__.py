"""Carrying bytes that are stored, and nothing more: transport dials, it never listens."""
