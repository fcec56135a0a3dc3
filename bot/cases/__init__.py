"""Cases: what happens after a flag, and who may know of it. Events are the truth; where a case stands is derived."""
