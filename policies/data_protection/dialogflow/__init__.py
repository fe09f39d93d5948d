"""Dialogflow's agents: what they record."""

from policies.data_protection.dialogflow.agents import agent_logged

POLICIES = (agent_logged,)
