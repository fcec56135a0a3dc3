"""Alerts: how the card of a case reaches the people who must have it, and how it stays true."""
