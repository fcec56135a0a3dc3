"""Alembic's folder: `env.py` runs in the process that starts, `versions/` holds one file for each change of schema."""
