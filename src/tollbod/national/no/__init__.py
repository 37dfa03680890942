"""Norwegian profile: opening hours in `hours.txt`."""
