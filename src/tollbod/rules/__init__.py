"""Judging a message: its structure, its codes, its conditions and rules."""
