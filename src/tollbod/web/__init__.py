"""The web side: the API, the pages, and `serve`, which runs them with all that they need."""
