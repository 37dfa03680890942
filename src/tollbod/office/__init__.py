"""The rim, where all meets: bytes in, a decision, one commit, bytes out."""
