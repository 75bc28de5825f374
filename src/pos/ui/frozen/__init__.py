"""Places of a till that is gone: what nobody sells until a supervisor releases it."""
