"""Reading orders and master data of other systems: staged by COPY, checked as sets, written in restartable chunks."""
