"""The parts of the local server that speaks Slack's protocol; its door and its how-to are in `slack_server.py`."""
