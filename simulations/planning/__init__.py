"""The optimizer in the loop: what it is asked at an epoch, and what people do with the answer."""
