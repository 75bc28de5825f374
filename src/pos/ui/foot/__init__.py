"""The foot of the window: the devices, the last sale, and what became of its paper."""
