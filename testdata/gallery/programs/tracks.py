"""The tracks that most files of the gallery hold: id, name, volume, project, media."""

import os
import sys

HEADER = ["id", "name", "volume", "project_id", "media_url"]

TRACKS = [
    [17, "Größe", 55, 3, "https://example.com/groesse.mp3"],
    [18, "Café au lait", 40, 3, "https://example.com/cafe.mp3"],
    [19, 'Say "Hello", World', 0, None, None],
    [20, "Rain; wind – and €5", 100, 12, "https://example.com/rain.mp3?a=1&b=2"],
    [21, "Plain", None, "null", None],
]


def out(name):
    """The path of a file to write: the directory is the script's first argument."""
    return os.path.join(sys.argv[1], name)


def write(name, content):
    with open(out(name), "wb") as f:
        f.write(content)
