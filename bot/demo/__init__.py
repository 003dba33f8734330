"""The demo: the product on its embedded defaults, a LINE simulator beside it, and sample data."""

from bot.demo.running import Demo, DemoAddresses

__all__ = ["Demo", "DemoAddresses"]
