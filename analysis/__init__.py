"""What a Plan means, with no opinion: who may do what, ways in, workloads, stores, alerts, changes.

Policies, the report, the picture and `voicestack access` all ask here. Whether something is right is `policies`.
"""
