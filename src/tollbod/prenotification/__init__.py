"""Prenotification: who must tell customs what about goods from and to third countries, by when."""
