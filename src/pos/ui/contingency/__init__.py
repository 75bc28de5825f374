"""The contingency plan at the window: the sheet, and a plan that is issued."""
