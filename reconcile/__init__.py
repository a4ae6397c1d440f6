"""reconcile: three views of a Windows fleet, where they disagree, and how to end it.

The flow is the order of the rooms; a room imports only rooms that stand before it.

    client      the outside: sessions, paging, throttling, retry
    source   1  what each system says: complete, or it raises
    frame    2  the same facts as typed tables
    finding  3  what disagrees, one rule a file
    report   7  telling it: CSV, Excel, HTML
    lab         a small estate on loopback: for the demo, for rehearsals and for tests
    cli         parse, call, turn errors into exit codes
"""

ROOMS = ("errors", "settings", "workspace", "ledger", "client", "source", "frame", "finding", "report", "lab", "cli")
"""The import order: what stands here may import what stands to its left."""
