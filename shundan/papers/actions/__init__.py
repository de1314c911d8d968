"""What can be done with papers: choose how a kind looks, print many."""

from shundan.papers.actions.looks import save_paper_look
from shundan.papers.actions.runs import MOST_PAPERS, continue_printing, start_printing

__all__ = ["MOST_PAPERS", "continue_printing", "save_paper_look", "start_printing"]
