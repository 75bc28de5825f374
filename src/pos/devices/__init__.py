"""Devices: protocols that turn bytes into events and back, and the workers that talk to the hardware."""
