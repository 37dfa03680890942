"""EDIFACT (ISO 9735, syntax versions 1 to 4): interchanges read, judged, answered and written."""
