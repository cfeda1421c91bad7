"""How people and programs reach the product: pages, routes and the terminal."""
