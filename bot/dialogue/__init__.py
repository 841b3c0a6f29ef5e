"""The pure core: standard library only, no I/O, time is an argument."""
