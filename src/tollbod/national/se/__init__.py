"""Swedish profile: opening hours in `hours.txt`."""
