"""What each command of the terminal does; its options are in ``bot.cli``."""
