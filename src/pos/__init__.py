"""The till: whole without a network."""

__version__ = "0.1.0"
