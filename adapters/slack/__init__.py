"""Slack: the same bot in a workspace, through slack-bolt. Translation only; whatever Discord needs too is core.

`platform.py` is the `Platform`; `app.py` hears what Slack tells, over `socket.py` (Socket Mode) or `http.py` (signed
requests); `reading.py` makes comments of messages, `blocks.py` and `views.py` draw cards and forms; `needs.py` says
which methods, events and scopes all this takes, and `manifest.py` makes the app's manifest of it.
"""
