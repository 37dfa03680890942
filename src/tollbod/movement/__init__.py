"""The core: one transition table for each office role of a movement."""
