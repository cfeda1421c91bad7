"""Python reads this first in every process of a server under test: its clock is that of the machine, moved by a test.

The file that `TEST_CLOCK` names holds eight bytes: by how many seconds. A test changes them while the server runs.
"""

import mmap
import os
import struct
import time

_machine_time = time.time
_handle = os.open(os.environ["TEST_CLOCK"], os.O_RDONLY)
_moved_by = mmap.mmap(_handle, 8, prot=mmap.PROT_READ)


def _moved_time() -> float:
    return _machine_time() + float(struct.unpack_from("d", _moved_by)[0])


time.time = _moved_time
