"""How well two values agree: one level per comparison (`model.LEVELS`), as whole arrays.

Spellings and sounds compare as integers; rapidfuzz is asked only where they differ, once for each distinct pair of
words.
"""
