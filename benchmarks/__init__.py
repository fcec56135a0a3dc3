"""How fast, how big: `make bench` prints these figures and writes them to a file with the machine they came from."""
