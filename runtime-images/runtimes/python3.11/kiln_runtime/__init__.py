"""Kiln's runtime for CPython 3.11: a zygote that forks sandboxes, and the bootstrap that runs functions in them.

The package's name is the one thing that a function's own modules cannot be called.
"""
