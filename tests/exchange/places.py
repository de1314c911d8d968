"""Where the tests' input lies: the shared data where they exist, else small files of our own."""

from dataclasses import dataclass
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
# The clone of a colleague may lie elsewhere; CI lays both folders side by side.
HAS_SHARED = SHARED.is_dir()


@dataclass(frozen=True, slots=True)
class Source:
    """A source of orders and where its input lies below a data folder."""

    name: str
    place: str
    packed: str = ""


SOURCES = (
    Source("northwind", "northwind"),
    Source("online_retail", "online_retail/online_retail.csv", "online_retail/online_retail.csv.gz"),
    Source("superstore", "superstore_cn"),
)


def place_of(source: Source, folder: Path) -> Path:
    """Return the path that is given to the import; where the shared data exist a missing file is a failure."""
    path = folder / (source.packed if folder == SHARED and source.packed else source.place)
    assert path.exists(), f"{path} is missing"
    return path
