"""Promises of papers: versions of looks have no gaps, and what was printed together is accounted for."""

from shundan.kernel.invariants import Invariant

INVARIANTS = (
    Invariant(
        "I105",
        "The versions of how a kind of paper looks are counted without a gap",
        "select min(id) from papers_papertemplate group by kind having max(version) <> count(*)",
    ),
    Invariant(
        "I105b",
        "A run of papers has drawn or left out as many as it says, and all of them once it has ended",
        "select r.id from papers_printrun r left join (select run_id, count(*) n, count(*) filter"
        " (where state <> 'waiting') d from papers_printedpaper group by 1) p on p.run_id = r.id"
        " where r.total <> coalesce(p.n, 0) or r.done <> coalesce(p.d, 0)"
        " or (r.state <> 'running' and r.done <> r.total)",
    ),
)
