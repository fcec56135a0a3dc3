"""Records: how long things are kept, what is handed out on a records request, and how a person's data goes (R33)."""
