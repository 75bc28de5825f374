"""The demonstration: a season that is always tonight, printers on the screen, a cable to pull."""
