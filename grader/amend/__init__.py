"""What can still be mended once an assignment is in students' hands: a statement, a question, the points of one."""
