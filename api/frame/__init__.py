"""What surrounds every route: who asks, how much may be asked, what is answered twice, and what is noted of it.

Plain ASGI, a little work a request: the routes behind it are measured in milliseconds.
"""
