"""The Plan of a stack, and where it comes from: the embedded engine, a preview, a state, a plan file.

It knows Pulumi; of Google's products it knows only the bundled tables. What a plan means is `analysis`.
"""
