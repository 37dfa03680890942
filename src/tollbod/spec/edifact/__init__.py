"""EDIFACT directories as tables: segments, composites, elements, codes, messages, profiles."""
