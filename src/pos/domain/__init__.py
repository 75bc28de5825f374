"""The box office's own rules: pure values in, values and facts out.

Nothing here knows Qt, SQL, a clock, a file, randomness or a language.
"""
