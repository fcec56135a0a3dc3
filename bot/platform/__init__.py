"""The seam between the core and a platform: what comes in, what may be asked of it, what it can do."""
