"""A server that speaks Discord's protocol on loopback: see `tests/platforms/discord_server.py` for how to use it."""
