"""Documents that people open: the plan's page with its day chart, as a file of its own or as served."""
