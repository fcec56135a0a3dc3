"""The program: wires the stages together and offers them on the command line."""
