"""Languages of the pages: English is the source, catalogues hold the others; figures and days as readers write them."""
