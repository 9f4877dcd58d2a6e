"""The environment of the process: os.environ and what the C library has, set as a whole."""

import os

import _kiln

_DATA = os.environ._data


def replace(environment):
    """Makes `environment` the whole environment. What a function changes later goes the ordinary way."""
    _kiln.set_environment(environment, _DATA)
