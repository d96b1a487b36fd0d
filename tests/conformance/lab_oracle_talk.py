"""What labs 04, 05 and 12 ask, found from packets alone: who was sent which copy, files in chunks, and a whole session.

Works on lab_oracle's packets and frames by rules of its own (docs/PROTOCOL.md, sections 5 and 7); knows neither our analyzer nor
the labs' SQL.
"""
import hashlib

FIN, SYN, RST = 1, 2, 4


def pages(connection):
    """The MSG frames that are part of a page: those before each END, back to where its numbers stop falling."""
    asked = [frame for frame in connection.commands if frame.verb in ("HISTORY", "SYNC")]
    found = set()
    for at, frame in enumerate(connection.replies):
        if frame.verb != "END" or not asked:
            continue
        lowest, room = int(asked.pop(0).parameters.get("after", 0)), frame.arguments[0]
        last = int(frame.parameters["last"])
        before = last + 1
        for place in range(at - 1, -1, -1):
            each = connection.replies[place]
            if each.verb not in ("MSG", "FILE") or each.arguments[0] != room:
                continue
            number = int(each.arguments[1])
            if number > last:
                continue  # said while the page was on its way
            if not lowest < number < before:
                break
            found.add(place)
            before = number
    return found


def live_copies(capture):
    """{(room, number): [(connection, frame)]}: each text that was sent out when it was said."""
    copies = {}
    for connection in capture.connections:
        replayed, highest = pages(connection), {}
        for place, frame in enumerate(connection.replies):
            if frame.verb != "MSG":
                continue
            room, number = frame.arguments[0], int(frame.arguments[1])
            if place in replayed or number <= highest.get(room, 0):
                continue
            highest[room] = number
            copies.setdefault((room, number), []).append((connection, frame))
    return copies


def first_of(frame):
    return min(frame.packets, key=lambda each: each.number)


def lab_04(capture, variant):
    speaker, room = variant["speaker"], "#" + variant["room"]
    said = capture.said(speaker, "Attention")
    every = live_copies(capture)

    def of(text):
        return next((key, each) for key, each in every.items() if each[0][1].arguments[2] == speaker and each[0][1].body.startswith(text))

    (_, number), copies = of(b"Attention")
    recipients = {each.user for each, _ in copies}
    times = sorted(first_of(frame).time_ns - said.packet.time_ns for _, frame in copies)
    late = capture.of(variant["late"])
    had_it_live = any(each is late for each, _ in copies)
    asked = any(frame.verb == "HISTORY" for frame in late.commands)
    sent, received = ((sum(len(data) for each in capture.connections for _, data in each.pieces(side(each)))) for side in
                      (lambda each: each.heard, lambda each: each.sent))
    sizes = {frame.size - said.size for _, frame in copies}
    return {
        "1": len(copies),
        "2": recipients,
        "3": {each.user for each in capture.connections} - recipients,
        "4": number,
        "5": sizes.pop() if len(sizes) == 1 else sizes,
        "6": times[(len(times) - 1) // 2] / 1000,
        "7": min(copies, key=lambda copy: first_of(copy[1]).number)[0].user,
        "8": len(of(b"Keep ")[1]),
        "9": sum(len(each) for key, each in every.items() if key[0] == room),
        "10": "as a live copy" if had_it_live else "from the history" if asked else "not at all",
        "11": sent / received,
    }


def upload(capture, user, name=None):
    """(PUT, its DATA frames, content) of a file that an account sent, by its name or the first."""
    connection = capture.of(user)
    put = next(frame for frame in connection.commands if frame.verb == "PUT" and name in (None, frame.arguments[0]))
    later = connection.commands[connection.commands.index(put):]
    done = next((at for at, frame in enumerate(later) if frame.verb == "DONE"), len(later))
    chunks = [frame for frame in later[:done] if frame.verb == "DATA"]
    content = bytearray(int(put.arguments[1]))
    for frame in chunks:
        begin = int(frame.arguments[1])
        content[begin:begin + len(frame.body)] = frame.body
    return put, chunks, bytes(content)


def downloads(capture, name):
    """(connection, its DATA frames) for each time that a file of this name came down from its beginning."""
    found = []
    for connection in capture.connections:
        for at, frame in enumerate(connection.replies):
            if frame.verb != "OK" or "from" not in frame.parameters or frame.body != name.encode():
                continue
            rest = connection.replies[at:]
            done = next((place for place, each in enumerate(rest) if each.verb == "DONE"), None)
            if done is not None:
                found.append((connection, [each for each in rest[:done] if each.verb == "DATA"]))
    return found


def seconds(chunks):
    return (chunks[-1].packet.time_ns - first_of(chunks[0]).time_ns) / 1e9


def lab_05(capture, variant):
    me, friend = variant["me"], variant["friend"]
    put, sent, content = upload(capture, friend, variant["file"])
    _, own, _ = upload(capture, me, variant["mine"])
    came = downloads(capture, variant["file"])
    mine, chunks = next((each, frames) for each, frames in came if each.user == me)
    first, last = first_of(chunks[0]).number, chunks[-1].packet.number
    body = sum(len(frame.body) for frame in chunks)
    segments = [each for each in mine.heard if each.length and first <= each.number <= last]
    return {
        "1": int(put.arguments[1]),
        "2": hashlib.sha256(content).hexdigest(),
        "3": len(chunks),
        "4": len(segments),
        "5": sum(frame.size for frame in chunks) - body,
        "6": 1 + len(came),
        "7": seconds(own) * 1000,
        "8": body / 1024 / seconds(chunks),
        "9": own[-1].packet.number,
        "10": "before the first byte of the content" if "sha256" in put.parameters and put.packet.number <= first_of(sent[0]).number
              else "after the last byte of the content",
    }


def lab_12(capture, variant):
    chair = capture.of(variant["chair"])
    entry = next(frame for frame in chair.commands if frame.verb in ("LOGIN", "REGISTER") and frame.body)
    ended = [(each, next(packet for packet in each.packets if packet.flags & (FIN | RST))) for each in capture.connections]
    content = sum(len(data) for each in capture.streams for side in (each.sent, each.heard) for _, data in each.pieces(side))
    return {
        "1": len(capture.connections),
        "2": ",".join(sorted({each.user for each, packet in ended if packet.flags & RST})),
        "3": sum(map(len, live_copies(capture).values())),
        "4": entry.body.decode(),
        "5": hashlib.sha256(upload(capture, variant["chair"], variant["paper"])[2]).hexdigest(),
        "6": 100 * content / sum(packet.frame_length for packet in capture.packets),
    }
