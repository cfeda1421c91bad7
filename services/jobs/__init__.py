"""Long work done aside: asked for, leased, done in a process of its own, gone on with elsewhere if that is killed."""
