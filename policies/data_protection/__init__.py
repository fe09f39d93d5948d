"""Data is encrypted, kept out of strangers' reach, audited, and its secrets stay secrets."""
