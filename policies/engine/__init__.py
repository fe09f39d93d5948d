"""What all packs share: how a policy is written, what it may look at, and how it is run."""
