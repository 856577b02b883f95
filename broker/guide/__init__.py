"""The staff guide: what every officer of the centre needs to know, as A4 pages in Thai (R1, R7)."""
