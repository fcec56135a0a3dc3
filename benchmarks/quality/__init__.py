"""How good the reading is: the bot as shipped, beside peers in the same run and the published figures of others."""
