"""Bytes to messages and back: XML, JSON, and the message tree of which every node knows its place."""
