"""What kind of drive a folder is on: some never say that a file on them changed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

# Changes made by other machines, or by the system around this one, ring no bell here. Source: inotify(7), "Limitations
# and caveats"; WSL's own drives of Windows are "9p" (version 2) and "drvfs" (version 1).
_SILENT = frozenset("9p afs ceph cifs coda davfs drvfs ncpfs nfs nfs4 prl_fs smb3 smbfs vboxsf virtiofs vmhgfs".split())
_OCTAL = re.compile(r"\\([0-7]{3})")


def tells_of_changes(folder: Path, mounts: str | None = None) -> bool:
    """Whether the system says when something in ``folder`` changes. ``mounts`` is the text of /proc/self/mountinfo, read if None."""
    if mounts is None:
        if not sys.platform.startswith("linux"):
            return True
        try:
            mounts = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
        except OSError:
            return True
    here, kind = "", ""
    path = f"{folder.resolve()}/"
    for line in mounts.splitlines():
        # Source: proc_pid_mountinfo(5): the mount point is field 5, blanks written as \040; the type follows " - ".
        fields, _, rest = line.partition(" - ")
        point = _OCTAL.sub(lambda code: chr(int(code[1], 8)), fields.split(" ")[4]) if fields.count(" ") >= 4 else ""
        if point and path.startswith(point.rstrip("/") + "/") and len(point) >= len(here):
            here, kind = point, rest.partition(" ")[0]
    return kind not in _SILENT and not kind.startswith("fuse")
