"""Plans read from what the real engine writes: a preview, or a stack's state."""
