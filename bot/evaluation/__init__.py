"""Figures on labelled texts: how good the bot's reading is, on anybody's own data."""
