"""AS4 as ICS2 uses it: bytes to signed messages and back. Pure: keys and times are given."""
