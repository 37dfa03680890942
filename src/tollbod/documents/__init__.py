"""Papers of a movement: what a message says, set as PDF/A. Pure: no store, no network, no clock."""
