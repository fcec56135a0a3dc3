"""The shadow run: exported history goes through screening and policy; nothing is stored, nobody is told."""
