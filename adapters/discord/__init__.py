"""Discord: one connection through discord.py, translated to the verbs of `bot.platform`.

`platform.py` is the `Platform`, `connecting.py` opens it, `client.py` hears what happens. `reading.py`,
`components.py`, `history.py`, `facts.py` and `standing.py` look; `drawing_cards.py`, `drawing_forms.py`, `commands.py`
and `inert.py` show; `interactions.py` answers.
Start it with `async with open_discord(token) as platform:`.
"""
