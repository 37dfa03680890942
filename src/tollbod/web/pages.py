"""The pages."""
PATHS: list = []
