"""Bytes to messages and back: XML, JSON, and the tree of which every node knows its place."""
