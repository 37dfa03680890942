"""The manual: pages of Markdown written from the specification and the code."""
