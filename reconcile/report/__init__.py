"""7: telling it, as CSV, workbook and page; every number in them comes from one Summary."""
