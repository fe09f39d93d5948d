"""Transcripts: what was asked and answered, by job id, in Firestore or in a folder."""
