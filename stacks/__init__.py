"""Systems: the settings they share, and one folder each."""
