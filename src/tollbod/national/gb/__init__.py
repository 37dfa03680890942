"""British profile: opening hours in `hours.txt`; an officer accepts, release waits 45 minutes."""
