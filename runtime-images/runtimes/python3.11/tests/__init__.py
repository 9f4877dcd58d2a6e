"""Tests of the bootstrap that need no sandbox."""
