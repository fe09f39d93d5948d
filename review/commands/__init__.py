"""One module a subcommand of `voicestack`: `register` adds it, `run` does it."""
