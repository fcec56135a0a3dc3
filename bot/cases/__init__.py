"""Cases: what happens after a flag. Events are the truth; where a case stands is derived from them."""
