"""How fast one whole answer is, beside what others do, and how soon the bot asks for updates.

``python -m tests.benchmarks`` measures and prints one table; ``--help`` names its options.
"""
