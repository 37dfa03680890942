"""The store: streams of messages in PostgreSQL, and everything that is decided on them."""
