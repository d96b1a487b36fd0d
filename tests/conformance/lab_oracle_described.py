"""What lab 11 asks, found from packets alone: units are taken from the streams by the framing of the student's variant.

The hall's own program (labs/11-own-protocol/hall.py) is not asked, nor is our analyzer.
"""
import json
import re


class Unit:
    def __init__(self, connection, begin, data, packets, parts):
        self.connection, self.begin, self.size, self.packets, self.parts = connection, begin, len(data), packets, parts


def framing_of(variant):
    return {key.strip(): json.loads(value) for key, value in (line.split("=", 1) for line in variant["framing"].splitlines())}


def cut(stream, framing):
    """(begin, end, content) of each unit; a fault when bytes are left over."""
    at, by = 0, framing["by"]
    while at < len(stream):
        if by == "length":
            size = framing["length_bytes"]
            head = stream[at:at + size]
            length = int(head) if framing["order"] == "text" else int.from_bytes(head, framing["order"])
            begin, end = at + size, at + length + (0 if framing.get("counts_itself") else size)
        else:
            mark = b"\n" if by == "newline" else framing["delimiter"].encode()
            begin, end = at, stream.index(mark, at) + len(mark)
        if end > len(stream):
            raise ValueError("bytes are left over")
        yield at, end, stream[begin:end] if by == "length" else stream[begin:end - len(mark)]
        at = end


def parts_of(content, variant):
    """verb, person, place, rest."""
    text, fields = content.decode(), variant["fields"].splitlines()
    if "json" in fields[0]:
        found = json.loads(text)
        return {line.split()[0]: found[re.search(r'"/(\w+)"', line).group(1)] for line in fields}
    if "key =" in fields[0]:
        found = dict(pair.split("=", 1) for pair in text.split(variant["separator"]))
        return {line.split()[0]: found[re.search(r'"(\w+)"', line).group(1)] for line in fields}
    words = text.split(variant["separator"], 3)
    return {line.split()[0]: words[int(re.search(r"= (\d)", line).group(1)) - 1] for line in fields}


def units_of(connection, packets, variant):
    pieces = connection.pieces(packets)
    ends, end = [], 0
    for packet, data in pieces:
        ends.append((end, end + len(data), packet))
        end += len(data)
    stream = b"".join(data for _, data in pieces)
    return [Unit(connection, begin, stream[begin:stop], [packet for first, last, packet in ends if first < stop and last > begin],
                 parts_of(content, variant)) for begin, stop, content in cut(stream, framing_of(variant))]


FRAMINGS = ("each ends with a line feed", "each ends with other bytes",
            "in front of each stands its length in bytes, the most significant one first",
            "in front of each stands its length in bytes, the least significant one first",
            "in front of each stands its length in decimal digits")


def framing_words(framing):
    if framing["by"] != "length":
        return FRAMINGS[0 if framing["by"] == "newline" else 1]
    return FRAMINGS[{"big": 2, "little": 3, "text": 4}[framing["order"]]]


def lab_11(capture, variant):
    hall = [each for each in capture.streams if each.server[1] == int(variant["port"])]
    sent = [unit for each in hall for unit in units_of(each, each.sent, variant)]
    heard = [unit for each in hall for unit in units_of(each, each.heard, variant)]
    logins = [unit for unit in sent if unit.parts["verb"] == variant["login"]]
    name_of = {unit.connection: unit.parts["person"] for unit in logins}
    refused = [name_of[unit.connection] for unit in heard if unit.parts["verb"] == variant["refused"]]
    inside = set(name_of.values()) - set(refused)

    def told(text):
        return {name_of[unit.connection] for unit in heard if unit.parts["verb"] == variant["told"] and unit.parts["rest"] == text}

    code = next(unit for unit in sent if variant["code"] in unit.parts["rest"])
    piece = next(unit for unit in sent if unit.parts["rest"].startswith(variant["piece"]))
    first = next(unit for unit in sent if unit.parts["rest"] == variant["burst_text"] + " 1")
    short = [unit for unit in sent if unit.parts["verb"] == variant["tell"]
             and inside - told(unit.parts["rest"]) - {name_of[unit.connection]}]
    secret = next(unit for unit in sent if unit.parts["verb"] == variant["whisper"])
    return {
        "1": hall[0].server[1],
        "2": framing_words(framing_of(variant)),
        "3": len(sent) + len(heard),
        "4": next(unit.parts["rest"] for unit in logins if unit.parts["person"] == variant["speaker"]),
        "5": refused[0],
        "6": name_of[code.connection],
        "7": told(code.parts["rest"]),
        "8": next(iter(inside - told(short[0].parts["rest"]) - {name_of[short[0].connection]})),
        "9": re.search(r"look below the (\S+)\.", secret.parts["rest"]).group(1),
        "10": sum(unit.packets[0] is first.packets[0] for unit in sent),
        "11": len(piece.packets),
        "12": piece.begin,
        "13": code.size,
    }


def truth_11(variant):
    """What the scenario makes so."""
    framing, burst = framing_of(variant), int(variant["burst"])
    inside = {variant[name] for name in ("speaker", "hasty", "patient", "listener")}
    members = len(inside) if variant["echo"] == "true" else len(inside) - 1
    # Logins and answers, entering (each is told of those inside, and they of each), messages, copies less one, and one alone.
    sent = 5 + 4 + (4 + burst) + 1
    heard = 5 + (1 + 2 + 3 + 4 + 0 + 1 + 2 + 3) + (4 + burst) * members - 1 + 1
    return {"1": int(variant["port"]), "2": framing_words(framing), "3": sent + heard, "4": variant["speaker_password"],
            "5": variant["intruder"], "6": variant["speaker"],
            "7": inside if variant["echo"] == "true" else inside - {variant["speaker"]}, "8": variant["patient"], "9": variant["hidden"],
            "10": burst, "11": int(variant["pieces"])}
