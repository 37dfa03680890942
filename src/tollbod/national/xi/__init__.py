"""Profile of Northern Ireland: opening hours in `hours.txt`; the rest as in Great Britain."""
