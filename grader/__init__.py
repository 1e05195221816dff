"""Partiel: exercises and exams of a deep-learning course."""

__version__ = "0.1.0"
