"""A plugin for pytest: nbval reaches its kernels as tools/refresh.py does."""

from typing import Any

import nbval.kernel
import refresh
from jupyter_client.manager import KernelManager


def own_kernel(**options: Any) -> KernelManager:
    return KernelManager(**options, **refresh.own_connection())


nbval.kernel.KernelManager = own_kernel
