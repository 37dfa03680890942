"""Guarantees: the office of guarantee's table, what a guarantee allows, and its ledger."""
