"""Where a configuration was written: its file, and the line of everything in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: The way to something in a YAML file: keys, and positions in lists.
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """The file and the line of each place in it; without lines the configuration was made by a program."""

    file: str = ""
    lines: Mapping[Place, int] = field(default_factory=dict)

    def find_line(self, place: Place) -> tuple[Place, int]:
        """Return what of the place stands in the file, defaults and missing keys do not, and its line."""
        while place not in self.lines:
            place = place[:-1]
        return place, self.lines[place]

    def tell(self, *place: str | int) -> str:
        """Return file, line and name of a place."""
        name = ".".join(map(str, place))
        return f"{self.file} 第 {self.find_line(place)[1]} 行 {name}" if self.lines else name
