"""The commands of `voicestack`, and the reports that they write: what a Plan and its findings say to a person."""
