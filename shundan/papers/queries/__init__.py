"""What can be asked of papers: one as PDF, how a kind looks, and papers printed together."""

from shundan.papers.models import PaperTemplate, PrintedPaper, PrintRun
from shundan.papers.queries.looks import (
    current_look,
    layout_of,
    paper_kind,
    sample_paper,
    versions_of_paper,
)
from shundan.papers.queries.printing import (
    PAPER_LANGUAGES,
    PrintedFile,
    document_of_paper,
    draw_document,
    pdf_of,
    print_paper,
)
from shundan.papers.queries.runs import get_print_run, list_print_runs, numbers_of_runs, papers_of_run
from shundan.papers.rules import MOST_COPIES, MOST_SIGNATURES, PaperLook, look_content
from shundan.papers.rules import look_from as look_from_content

__all__ = [
    "MOST_COPIES",
    "MOST_SIGNATURES",
    "PAPER_LANGUAGES",
    "PaperLook",
    "PaperTemplate",
    "PrintRun",
    "PrintedFile",
    "PrintedPaper",
    "current_look",
    "document_of_paper",
    "draw_document",
    "get_print_run",
    "layout_of",
    "list_print_runs",
    "look_content",
    "look_from_content",
    "numbers_of_runs",
    "paper_kind",
    "papers_of_run",
    "pdf_of",
    "print_paper",
    "sample_paper",
    "versions_of_paper",
]
