"""Firestore's documents outlive accidents."""

from policies.reliability.firestore.protection import firestore_backups, firestore_guards, firestore_recovery

POLICIES = (firestore_guards, firestore_recovery, firestore_backups)
