"""One function = one use case = one transaction. Knows storage and the dialogue; knows nothing of Telegram."""
