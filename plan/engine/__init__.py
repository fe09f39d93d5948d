"""The embedded engine: runs a Pulumi program in this process and records what it would create.

No command-line tool, no network, no credentials. It decides nothing about the plan: policies, cost and reports
read the `Plan` it returns.
"""
