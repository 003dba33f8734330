"""Starting and stopping the demo."""

from __future__ import annotations

import secrets
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.app import Shopkeeper, create_app
from bot.demo.guide import DemoChannels, guide_of
from bot.demo.partner import DemoPartner
from bot.demo.stage import Stage, Staged
from bot.line.simulator import GUIDE, Channel, Platform, create_simulator
from bot.ports import real_ports
from bot.settings import Settings, is_loopback
from bot.texts import say
from bot.web.access_log import StructuredAccessLog
from bot.web.server import HttpServer
from bot.webhooks.signers import Signers

# Where the receivers of the examples listen unless told otherwise; no address of this machine is public.
RECEIVERS = ("127.0.0.1:3000", "localhost:3000")


@dataclass(frozen=True, slots=True)
class DemoAddresses:
    """Where to listen. A port that is taken is replaced by a free one."""

    host: str
    port: int
    simulator_port: int


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: `page` is the address to open, `staged` what there is to try."""

    page: str
    server: str
    shopkeeper: Shopkeeper
    staged: Staged

    @property
    def welcome(self) -> str:
        more = say("demo.try_api", server=self.server) if self.shopkeeper.settings.chat_api_auth == "open" else ""
        key = self.staged.sandbox_key
        partners = say("demo.try_partner_api", server=self.server, api_key=key.api_key, api_secret=key.api_secret)
        examples = say(
            "demo.try_partner_examples",
            server=self.server,
            api_key=key.api_key,
            api_secret=key.api_secret,
            webhook_secret=Signers(self.shopkeeper.settings).secret(key.signer),
            provisioning_key=self.staged.provisioning_key,
        )
        return say("demo.welcome", page=self.page, server=self.server) + more + partners + examples

    @classmethod
    @asynccontextmanager
    async def running(cls, addresses: DemoAddresses) -> AsyncIterator[Demo]:
        """Run until the block ends; everything lives in a folder that goes with it."""
        host = addresses.host
        ports = [_free(host, port) for port in (addresses.port, addresses.simulator_port)]
        server_url, page_url = (f"http://{host}:{port}" for port in ports)
        platform = Platform(log_limit=5_000)
        central = platform.directory.add_channel(say("demo.central"), line_id_name="@shopkeeper")
        async with AsyncExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="shopkeeper-demo-"))
            settings = _settings(Path(folder), central, host=host, ports=ports)
            partner = DemoPartner(server_url)
            stack.push_async_callback(partner.close)
            channels = DemoChannels(platform, central)
            simulator = create_simulator(platform)
            api = HttpServer(simulator, host=host, port=ports[1])
            await api.start()
            stack.push_async_callback(api.stop)
            shopkeeper = create_app(settings, real_ports(settings), access_log=StructuredAccessLog())
            stack.push_async_callback(shopkeeper.stop)
            await shopkeeper.start()
            staged = await Stage(shopkeeper).set(channels, server_url=server_url)
            partner.api_key = staged.provisioning_key
            simulator[GUIDE].guide = guide_of(channels, partner, shop_code=staged.shop_code, server_url=server_url)
            server = HttpServer(shopkeeper.web, host=host, port=ports[0])
            await server.start()
            stack.push_async_callback(server.stop)
            yield cls(page=page_url, server=server_url, shopkeeper=shopkeeper, staged=staged)


def _settings(folder: Path, central: Channel, *, host: str, ports: list[int]) -> Settings:
    """The embedded defaults, with secrets of the moment; the environment has no say."""
    return Settings.model_construct(
        **{
            **{name: field.default for name, field in Settings.model_fields.items()},
            "host": host,
            "port": ports[0],
            "database_url": f"sqlite+aiosqlite:///{folder / 'shopkeeper.db'}",
            "secret_key": SecretStr(secrets.token_urlsafe(48)),
            "line_channel_secret": SecretStr(central.secret),
            "line_channel_access_token": SecretStr(central.access_token),
            "line_api_base_url": f"http://{host}:{ports[1]}",
            "line_data_api_base_url": f"http://{host}:{ports[1]}",
            "chat_api_auth": "open" if is_loopback(host) else "required",
            "ssrf_allow": RECEIVERS if is_loopback(host) else (),
        }
    )


def _free(host: str, port: int) -> int:
    """`port`, or a free one where somebody else listens there."""
    for wanted in (port, 0):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return port
