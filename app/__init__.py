"""The bundled app: one image, one command a role (`python -m app api|worker|frontend|migrate`).

It shows a deployed system work: text goes in by the api, through Pub/Sub, to the worker. It holds what it knows
in memory: another instance, or the api where a worker of its own does the jobs, does not see a job's answer.
"""
