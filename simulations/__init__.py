"""What would happen and what a history tells: scenarios, discovery, the demo office. Pure."""
