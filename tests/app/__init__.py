"""The bundled app."""
