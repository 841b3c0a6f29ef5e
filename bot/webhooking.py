"""Telling Telegram where the webhook is, or that there is none any more. What waits there is kept either way."""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from typing import TYPE_CHECKING

from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.warnings import PTBUserWarning

from bot.health import Intake
from bot.settings import Settings
from bot.telegram.polling import ALLOWED, Poller
from bot.telegram.waiting import BackOff, any_set

if TYPE_CHECKING:
    from bot.telegram.webhook import Webhook

log = logging.getLogger(__name__)

_LOOK_AGAIN = 120.0  # seconds: somebody else may have set or removed it
_ASK_AGAIN = (1.0, 15.0)
_ASK_SECONDS = 4.0  # a stop waits for this, and shall take five seconds at most
# One connection keeps the order in which people wrote; it carries some twenty updates a second over the internet.
_CONNECTIONS = 1

# PTB suggests its own getWebhookInfo, which parses the answer; said at each start, it would only puzzle the operator.
warnings.filterwarnings("ignore", message="Please use 'Bot.getWebhookInfo'", category=PTBUserWarning)


class WebhookKeeper:
    """Sees to it that Telegram posts to ``url``, with ``secret``."""

    def __init__(self, bot: Bot, url: str, secret: str) -> None:
        self._bot, self._url, self._secret = bot, url, secret
        self._told: float | None = None
        self._said: str | None = None

    @property
    def seconds_since_success(self) -> float | None:
        """Real seconds since Telegram last took the address; None before the first time."""
        return None if self._told is None else time.monotonic() - self._told

    async def run(self, stop: asyncio.Event) -> None:
        """Tell it now and then, until ``stop`` is set. What waits at Telegram comes now."""
        pauses = BackOff(1.0, 60.0)
        while not stop.is_set():
            try:
                await self._tell()
                pauses.reset()
                pause = _LOOK_AGAIN
            except TelegramError as error:
                self._say(
                    f"Telegram does not take the webhook's address ({type(error).__name__}): check "
                    "EFTERTANKE_WEBHOOK_URL and the token. The bot keeps trying.",
                    logging.ERROR,
                )
                pause = pauses.next()
            await any_set(stop, timeout=pause)

    async def _tell(self) -> None:
        # The secret cannot be asked back, so it is set again, not compared.
        await self._bot.set_webhook(
            self._url,
            secret_token=self._secret,
            allowed_updates=list(ALLOWED),
            max_connections=_CONNECTIONS,
            drop_pending_updates=False,
        )
        before, self._told = self._told, time.monotonic()
        if before is None:
            self._say("Telegram was told where the webhook is.", logging.INFO)
            return  # what it could not deliver while the bot was down is no trouble
        info = await self._bot.get_webhook_info()
        if info.pending_update_count and info.last_error_date:
            self._say(
                "Telegram has updates that it could not deliver: see that EFTERTANKE_WEBHOOK_URL leads to this bot "
                "from outside, with a certificate that is valid.",
                logging.ERROR,
            )
        else:
            self._say("Telegram delivers to the webhook.", logging.INFO)

    def _say(self, said: str, level: int) -> None:
        """Once, until it changes."""
        if said != self._said:
            log.log(level, said)
            self._said = said


def keeper_of(settings: Settings, bot: Bot) -> WebhookKeeper | None:
    """Who keeps the webhook, when the settings ask for one."""
    if settings.webhook_url is None or settings.webhook_secret is None:
        return None
    return WebhookKeeper(bot, settings.webhook_url, settings.webhook_secret.get_secret_value())


def intake_of(poller: Poller, webhook: Webhook | None, keeper: WebhookKeeper | None) -> Intake:
    """How it is seen whether updates come in."""
    if webhook is None or keeper is None:
        return Intake(False, lambda: poller.seconds_since_success)
    return Intake(True, lambda: webhook.seconds_since_success, lambda: keeper.seconds_since_success)


async def leave_webhook(bot: Bot) -> bool:
    """See to it that no webhook is set, which would answer every poll with 409. Whether that is certain: False when
    Telegram could not be asked. What waits is kept."""
    try:
        async with asyncio.timeout(_ASK_SECONDS):
            # Asked for as it comes: PTB stumbles over an answer without every field, as other servers give it.
            info: object = await bot.do_api_request("getWebhookInfo")
            if isinstance(info, dict) and info.get("url"):
                await bot.delete_webhook(drop_pending_updates=False)
                log.info("A webhook was set and is removed: this bot polls.")
    except TimeoutError:
        return False
    except TelegramError as error:
        # A server that does not know the method has no webhooks; a BadRequest is a NetworkError and will not pass.
        return not (type(error) is NetworkError or isinstance(error, TimedOut | RetryAfter))
    return True


async def poll(bot: Bot, poller: Poller, stop: asyncio.Event) -> None:
    """Poll until ``stop`` is set, once no webhook is in the way.

    Only at the beginning: a webhook that is set while this bot polls was set on purpose, by whoever takes over.
    """
    if await leave_webhook(bot):
        await poller.run(stop)
        return
    async with asyncio.TaskGroup() as group:  # the poller says what is wrong meanwhile, and begins when it can
        group.create_task(poller.run(stop))
        group.create_task(_keep_leaving(bot, stop))


async def _keep_leaving(bot: Bot, stop: asyncio.Event) -> None:
    pauses = BackOff(*_ASK_AGAIN)
    while not stop.is_set():
        await any_set(stop, timeout=pauses.next())
        if not stop.is_set() and await leave_webhook(bot):
            return
