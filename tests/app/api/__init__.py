"""The public API, attacked and used."""
