"""Alerts: who is told of a flag, how the telling gets there, and how its card stays true."""
