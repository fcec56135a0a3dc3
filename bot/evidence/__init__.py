"""Evidence: who may open it, what is exported of it, and how anyone can check an export."""
