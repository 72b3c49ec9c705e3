"""Text as people type it, made safe to store, sort, mail and put into a calendar."""

import secrets
import unicodedata

# Invisible marks that reorder or hide what a reader sees (Unicode TR36); joiners stay, scripts need them.
_REORDERING = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
_LINE_BREAKS = {0x2028: "\n", 0x2029: "\n", 0x0B: "\n", 0x0C: "\n", 0x85: "\n"}
# No vowels, no 0/1/I/O/L: codes that are read aloud spell no word and no other code.
CODE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"


def clean_text(raw: str) -> str:
    """Return the text in NFC with line breaks as LF and without control or reordering characters."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n").translate(_LINE_BREAKS).translate(_REORDERING)
    kept = (char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def clean_line(raw: str) -> str:
    """Return the text on one line, runs of white space as one blank."""
    return " ".join(clean_text(raw).split())


def random_code(groups: tuple[int, ...] = (3, 3)) -> str:
    """Return a random code such as `7KQ-4M2`, about 4.75 bits a character, that says nothing of what it names."""
    return "-".join("".join(secrets.choice(CODE_ALPHABET) for _ in range(size)) for size in groups)
