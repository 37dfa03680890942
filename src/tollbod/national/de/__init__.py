"""German profile: opening hours in `hours.txt`."""
