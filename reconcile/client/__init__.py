"""The outside: sessions, paging, throttling, retry. The only room that imports what speaks to other systems."""
