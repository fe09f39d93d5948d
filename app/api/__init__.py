"""The public API, version 1: its routes, who may call them, and what they answer when they refuse."""
