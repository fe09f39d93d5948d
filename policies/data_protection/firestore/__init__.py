"""How Firestore keeps its documents."""

from policies.data_protection.firestore.own_key import firestore_own_key

POLICIES = (firestore_own_key,)
