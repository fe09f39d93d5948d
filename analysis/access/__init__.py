"""Who may do what, and become whom: grants made into permissions, paths and numbers."""
