"""The swing team: who is lent where and when, what that is worth, and what another hour would be."""

from optimizer.swinging.blocks import Block, find_blocks
from optimizer.swinging.curves import Curve, draw_curve, warm_up
from optimizer.swinging.values import BlockValue, value_block

__all__ = ["Block", "BlockValue", "Curve", "draw_curve", "find_blocks", "value_block", "warm_up"]
