"""What teachers see and do: the live page, each class and each copy, the roster, links, the log."""
