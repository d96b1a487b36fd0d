"""Answers as students write them: right ones in many notations, and wrong ones of which the mistake is known."""


def grouped(number, separator):
    return f"{number:,}".replace(",", separator)


def integer_notations(value, unit, is_packet):
    text = str(value)
    found = [text, f"  {text} ", f"+{text}", f"0{text}", f"about {text}", f"~{text}", hex(value), hex(value).upper().replace("X", "x"),
             f"{text}.0"]
    if value >= 1000:
        found += [grouped(value, separator) for separator in (",", ".", " ", "'", "\u202f", "_")]
    if is_packet:
        found += [f"packet {text}", f"Packet #{text}", f"frame {text}", f"No. {text}", f"#{text}"]
    if unit:
        found += [f"{text} {unit}", f"{text}{unit}", f"{text} {unit.upper()}"]
    if unit == "bytes":
        found += [f"{text} B", f"{value * 8} bits", f"{value / 1000:.3f} kB", f"{text} octets"]
    return found


def plain_notations(value):
    text = f"{value:.6f}"
    return [text, text.replace(".", ","), f"about {value:.4f}", f"{value:.9e}"]


# A unit, what it is in the smallest of its family, and how it is written.
TIMES = {"us": 1e3, "ms": 1e6, "s": 1e9, "ns": 1}
WRITTEN = {"us": ("us", "\u00b5s", "\u03bcs", "microseconds"), "ms": ("ms", "msec", "milliseconds"), "s": ("s", "seconds"), "ns": ("ns",)}


def time_notations(value, unit):
    found = [f"{value:.6f}", f"{value:.6f}".replace(".", ","), f"{value:.9e} {unit}", f"about {value:.4f} {unit}"]
    for other, size in TIMES.items():
        text = f"{value * TIMES[unit] / size:.9f}".rstrip("0").rstrip(".")
        found += [f"{text} {word}" for word in WRITTEN[other]] + [f"{text}{other}".replace(".", ",")]
    return found


def rate_notations(kibibytes):
    text = f"{kibibytes:.6f}"
    return [text, text.replace(".", ","), f"{text} KiB/s", f"{text} kib/s", f"{kibibytes * 1024:.3f} bytes/s", f"{kibibytes * 1.024:.6f} kB/s",
            f"{kibibytes / 1024:.9f} MiB/s", f"{kibibytes * 8.192:.6f} kbit/s", f"about {kibibytes:.4f} KiB/s"]


def decimal_notations(value, unit):
    if unit in TIMES:
        return time_notations(value, unit)
    return rate_notations(value) if unit == "KiB/s" else plain_notations(value)


def address_notations(text):
    padded = ".".join(part.zfill(3) for part in text.split("."))
    return [text, f" {text} ", padded, f"::ffff:{text}", f"::FFFF:{text}", f"{text}:4711", f"{text} port 4711"]


def set_notations(members):
    other = members[::-1]
    return [",".join(members), ", ".join(other), " ".join(other), "; ".join(members), " and ".join(members), ",".join(members).upper(),
            ", ".join(f"@{member}" for member in members), ", ".join(members + members[:1])]


def text_notations(text):
    return [text, f"  {text}  ", text.upper(), f'"{text}"', f"'{text}'", f"`{text}`", f"{text}.", f"\u201c{text}\u201d"]


def notations(question, value):
    """Forms in which this value may be written, all meaning the same."""
    kind = question["type"]
    if kind in ("integer", "packet"):
        return integer_notations(int(value), question["unit"], kind == "packet")
    if kind == "decimal":
        return decimal_notations(float(value), question["unit"])
    if kind == "address":
        return address_notations(value)
    if kind == "set":
        return set_notations(value.split(","))
    if kind == "sha256":
        return [value, value.upper(), f"sha256:{value}", value[:16], value[:20] + "...", " ".join((value[:32], value[32:]))]
    if kind == "choice":
        letter = "abcdefgh"[question["choices"].index(value)]
        return [value, value.upper(), letter, f"{letter})", f"({letter.upper()})", f"{letter}."]
    return text_notations(value)


def number(question, value):
    return float(value) if question["type"] in ("integer", "packet", "decimal") else None


def same(question, one, other):
    """Whether two values of the analysis are one answer."""
    if number(question, one) is not None:
        allowed = 0.0
        if question["type"] == "decimal":
            allowed = max(question["tolerance"], abs(float(other)) * question["tolerance_percent"] / 100)
        return abs(float(one) - float(other)) <= allowed + 1e-9 * abs(float(other))
    if question["type"] == "set":
        return sorted(one.split(",")) == sorted(other.split(","))
    return one.casefold() == other.casefold()


def values_of(question, values):
    """A set is all rows together."""
    return [",".join(values)] if question["type"] == "set" and values else values


def usual_mistakes(question, right):
    """(what is written, its value, the mistake): those that any number can suffer."""
    kind, unit = question["type"], question["unit"]
    if kind in ("integer", "packet"):
        value = int(right)
        for other in (value - 1, value + 1):
            if other >= 0:
                yield str(other), str(other), "off by one"
        digits = f"{value:x}"
        if not digits.isdigit() or digits != str(value):
            yield digits, digits if digits.isdigit() else None, "hexadecimal and decimal"
        if unit == "bytes":
            yield str(value * 8), str(value * 8), "bits and bytes"
            yield str(value / 8), str(value / 8), "bits and bytes"
            yield str(value * 1000), str(value * 1000), "size unit"
            yield f"{value / 1024:.12g}", f"{value / 1024:.12g}", "size unit"
    if kind == "decimal":
        factors = {}
        if unit in TIMES:
            factors = {1e3: "time unit", 1e-3: "time unit", 1e-6: "time unit", 1e6: "time unit"}
        elif unit == "KiB/s":
            factors = {8: "bits and bytes", 0.125: "bits and bytes", 1024: "size unit", 1e-3: "size unit"}
        for factor, name in factors.items():
            written = f"{float(right) * factor:.9f}".rstrip("0").rstrip(".")
            yield written, written, name


def is_right(question, value):
    return any(same(question, value, right) for right in values_of(question, question["accepted"]))


def known_names(question, value):
    """Every mistake of the sheet that leads to this value; two may come to the same."""
    return {mistake["name"] for mistake in question["mistakes"]
            for each in values_of(question, mistake["values"]) if same(question, value, each)}


def right_answers(question):
    return [text for value in values_of(question, question["accepted"]) for text in notations(question, value)]


def wrong_answers(question):
    """(what is written, the names that fit)."""
    for mistake in question["mistakes"]:
        for value in values_of(question, mistake["values"]):
            # A value of another kind (a text that is no choice) cannot be written in the question's notations.
            if is_right(question, value) or (number(question, value) is not None and float(value) < 0):
                continue
            for text in notations(question, value):
                yield text, known_names(question, value)
    if question["accepted"]:
        for text, value, name in usual_mistakes(question, question["accepted"][0]):
            if value is not None and is_right(question, value):
                continue
            yield text, {name} | (known_names(question, value) if value is not None else set())
