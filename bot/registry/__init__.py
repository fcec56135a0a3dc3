"""The registry: who is who and which channels are official, set up from a site file or in chat (R29)."""
