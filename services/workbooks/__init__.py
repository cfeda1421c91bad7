"""One workbook in, one workbook out: a lead's lists become a plan of the day, and nothing is stored."""
