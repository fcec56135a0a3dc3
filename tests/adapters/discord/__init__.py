"""The adapter for Discord, driven by the real discord.py against a local server that speaks Discord's protocol."""
