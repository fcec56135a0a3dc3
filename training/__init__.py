"""Makes the shipped toxicity model from data; needs the ``training`` extra and is not part of the bot."""
