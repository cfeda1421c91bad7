"""The pages of an agent: the next task, the day around it, and their own figures."""
