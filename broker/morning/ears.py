"""Ears at the sound card: everything that is played is kept, one WAV a playback.

ALSA's own file plug-in takes the place of the card (alsa-lib, PCM plug-ins, "file"), so the player
under test is the real one.  The plug-in runs faster than real time.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

CONFIGURATION = """\
pcm.!default {{
    type file
    slave.pcm "null"
    format "raw"
    file "|sh {ear}"
}}
ctl.!default {{ type hw card 0 }}
"""
# a name that sorts by the beginning; it appears under .raw only when the playback has ended
EAR = 'from=$(date +%s%N); cat > "{folder}/$from.part"; mv "{folder}/$from.part" "{folder}/$from-$(date +%s%N).raw"\n'


@dataclass(frozen=True)
class Heard:
    """One playback: nanoseconds of its begin and end, and its file."""

    begin: int
    end: int
    file: Path


class Ears:
    """``env`` goes into the environment of whoever speaks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        ear = folder / "ear.sh"
        ear.write_text(EAR.format(folder=folder))
        configuration = folder / "asound.conf"
        configuration.write_text(CONFIGURATION.format(ear=ear))
        self.env = {"ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{configuration}"}

    def heard(self) -> list[Heard]:
        """Finished playbacks, in order; one of no length was only a try of the device."""
        return [
            Heard(int(f.stem.split("-")[0]), int(f.stem.split("-")[1]), f)
            for f in sorted(self._folder.glob("*.raw"))
            if f.stat().st_size
        ]

    def keep(self, heard: Heard, file: Path, rate: int) -> None:
        """Write one playback as a WAV: mono, 16 bit, ``rate`` samples a second as the speaker's pack has them."""
        with wave.open(str(file), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(rate)
            out.writeframes(heard.file.read_bytes())
