"""From replies to what Telegram shows: text in its small HTML, and rows of buttons."""
