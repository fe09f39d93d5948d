"""Nothing is lost or unavailable by an accident that the platform could have withstood."""
