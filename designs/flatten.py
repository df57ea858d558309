#!/usr/bin/env python3
"""Writes one flat configuration out of a vendor bundle of PrusaSlicer.

The bundle that Debian installs says "this print profile is that one, but
with ..."; the command line of PrusaSlicer wants every setting spelled out.
The result is the bundle's text, so it is made when needed and not kept here.

    flatten.py BUNDLE PRINT FILAMENT PRINTER OUTPUT [KEY=VALUE ...]
"""

import re
import sys
from pathlib import Path

# Who may be combined with whom: the slicer's window asks, its command line does not.
SELECTION = {
    "alias",
    "compatible_printers",
    "compatible_printers_condition",
    "compatible_prints",
    "compatible_prints_condition",
    "inherits",
    "renamed_from",
}


def read_bundle(path):
    """Returns {section: {key: value}}."""
    sections = {}
    section = None
    for line in path.read_text(encoding="utf-8").splitlines():
        heading = re.fullmatch(r"\[(.*)\]\s*", line)
        if heading:
            section = sections.setdefault(heading.group(1), {})
        elif section is not None and line.strip() and not line.lstrip().startswith(("#", ";")):
            key, _, value = line.partition("=")
            section[key.strip()] = value.strip()
    return sections


def resolve(sections, kind, name):
    """Returns the settings of a profile with those it inherits; later parents win."""
    try:
        own = sections[f"{kind}:{name}"]
    except KeyError:
        raise SystemExit(f"flatten.py: the bundle has no {kind} profile named {name!r}")
    settings = {}
    for parent in own.get("inherits", "").split(";"):
        if parent.strip():
            settings.update(resolve(sections, kind, parent.strip()))
    settings.update(own)
    return settings


def main(arguments):
    if len(arguments) < 5:
        raise SystemExit(__doc__)
    bundle, *names, output = arguments[:5]
    sections = read_bundle(Path(bundle))
    settings = {"printer_technology": "FFF"}
    for kind, name in zip(("print", "filament", "printer"), names):
        settings.update(resolve(sections, kind, name))
        settings[f"{kind}_settings_id"] = name
    for override in arguments[5:]:
        key, _, value = override.partition("=")
        settings[key] = value
    lines = [f"{key} = {value}\n" for key, value in sorted(settings.items()) if key not in SELECTION]
    Path(output).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
