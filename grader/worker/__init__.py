"""What runs inside the walls. It imports nothing of the rest of grader; only ``wire`` is read on both sides."""
