"""The parts of the referee. They share nothing with the solver."""
