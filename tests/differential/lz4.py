"""Reads LZ4 frames, as little as archives of small files need: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md."""

MAGIC = b"\x04\x22\x4d\x18"
# Of a block's size: it is stored as it is.
STORED = 1 << 31


def decompress(content: bytes) -> bytes:
    """The frame's content; checksums are not looked at."""
    flags, place = content[4], 7
    if flags & 8:
        place += 8
    told, out = flags >> 4 & 1, bytearray()
    while size := int.from_bytes(content[place : place + 4], "little"):
        place, length = place + 4, size & ~STORED
        block = content[place : place + length]
        if size & STORED:
            out += block
        else:
            expand(block, out)
        place += length + 4 * told
    return bytes(out)


def expand(block: bytes, out: bytearray) -> None:
    """One block: literals, then what is repeated, again and again."""
    place = 0

    def length(first: int) -> int:
        nonlocal place
        total, more = first, 255 if first == 15 else 0
        while more == 255:
            more = block[place]
            total, place = total + more, place + 1
        return total

    while place < len(block):
        token = block[place]
        place += 1
        literals = length(token >> 4)
        out += block[place : place + literals]
        place += literals
        if place >= len(block):
            return
        back = int.from_bytes(block[place : place + 2], "little")
        place += 2
        for _ in range(length(token & 15) + 4):
            out.append(out[-back])
