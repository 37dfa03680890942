"""ICS2: the life of an entry summary declaration, from filing to presentation."""
