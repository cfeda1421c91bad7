"""Why tasks waited: every waiting second has exactly one cause, by the paper's definitions or by the pool's."""
