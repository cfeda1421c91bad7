"""The live desk under load: how soon the next task is offered, and how many claims a second."""
