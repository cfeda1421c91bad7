"""The next best task of one agent: every waiting task weighed in named terms, exactly, and the first of them."""

from optimizer.next_task.blocking import Block
from optimizer.next_task.ranking import MOST_LISTED, Board, Ranking, make_board, rank, tell_block
from optimizer.next_task.terms import Term
from optimizer.next_task.warming import warm_up

__all__ = ["MOST_LISTED", "Block", "Board", "Ranking", "Term", "make_board", "rank", "tell_block", "warm_up"]
