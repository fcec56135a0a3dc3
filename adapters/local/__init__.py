"""A school in the browser: two channels, an administrator's desk, no tokens.

`world.py` is the chat service, `platform.py` makes a `Platform` of it, `server.py` opens its page on this machine,
`school.py` tells an example school. Start it with `async with serve(open_school(), port=8765) as platform:`.
"""
