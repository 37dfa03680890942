"""Business continuity: what holds while the system is away, and what is done on paper meanwhile."""
