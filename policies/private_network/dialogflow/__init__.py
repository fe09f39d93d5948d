"""Dialogflow's agents: how their calls travel."""

from policies.private_network.dialogflow.webhooks import webhook_encrypted

POLICIES = (webhook_encrypted,)
