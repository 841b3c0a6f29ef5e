"""Help for the tests of the practice phone: a tiny bot that runs as a process of its own."""

from __future__ import annotations

import sys

from bot.practice.local import LocalPhone
from bot.practice.plug import Launch

# Confirms an update only after it was answered: what a careful bot does, in thirty lines of the standard library.
TINY_BOT = """
import json, sys, urllib.request
base = sys.argv[1]

def call(method, **body):
    data = json.dumps(body).encode()
    request = urllib.request.Request(base + "/" + method, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["result"]

def keyboard(count):
    return {"inline_keyboard": [[{"text": f"Tæl {count}", "callback_data": f"n:{count}"}]]}

offset = 0
while True:
    for update in call("getUpdates", offset=offset, timeout=30):
        if "callback_query" in update:
            query = update["callback_query"]
            number = int(query["data"][2:]) + 1
            call("answerCallbackQuery", callback_query_id=query["id"], text=f"Nu {number}")
            chat, message = query["message"]["chat"]["id"], query["message"]["message_id"]
            call("editMessageText", chat_id=chat, message_id=message, text=f"Tal {number}",
                 reply_markup=keyboard(number))
        elif "message" in update:
            message = update["message"]
            text = "Svar på " + message.get("text", "noget andet")
            call("sendMessage", chat_id=message["chat"]["id"], text=text, reply_markup=keyboard(0))
        offset = update["update_id"] + 1
"""


def tiny_bot(local: LocalPhone) -> Launch:
    """Give how the tiny bot is started against this phone."""
    return Launch([sys.executable, "-c", TINY_BOT, f"{local.api_url}{local.token}"])
