"""The chat platforms. One package each, translation only: whatever two of them would need belongs to the core."""
