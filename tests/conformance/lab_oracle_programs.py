"""What lab 10 asks, found from packets alone: the last run of the student's client that was right, and its server's three guests.

Works on lab_oracle's packets and frames; knows neither our analyzer nor the labs' SQL.
"""
FIN, SYN, RST = 1, 2, 4
SERVER_PORT = 7778  # of the student's server


def right_run(capture, program, total):
    """(connection, the message) of the program's last run that said the right sum."""
    wanted = f"sum: {total}".encode()
    runs = [(each, frame) for each in capture.connections if (each.user or "").startswith(program + "-")
            for frame in each.commands if frame.verb == "SAY" and frame.body == wanted]
    last = runs[-1][0]
    return last, next(frame for each, frame in runs if each is last)


def frames_in(packet, connection):
    return sum(packet in frame.packets for frame in connection.replies)


def lab_10(capture, variant):
    numbers = sum(int(variant[name]) for name in ("n1", "n2", "n3", "n4"))
    run, said = right_run(capture, variant["program"], numbers)
    own = [frame.body.decode() for frame in run.commands if frame.verb == "SAY"]
    echo = next(text for text in own if text.startswith("echo: "))
    story = next(frame for frame in run.replies if frame.verb == "MSG" and frame.body.startswith(b"Story: "))
    guests = [each for each in capture.streams if each.server[1] == SERVER_PORT and any(packet.length for packet in each.sent)]
    lazy, _, listener = guests[-3:]
    closed = next(each for each in lazy.sent if each.window == 0 and not each.flags & (SYN | RST))
    to_listener = [each for each in listener.heard if each.length]
    return {
        "1": int(next(text for text in own if text.startswith("sum: ")).removeprefix("sum: ")),
        "2": said.packet.number,
        "3": max(frames_in(packet, run) for packet in run.heard if packet.length),
        "4": len({packet.number for packet in story.packets}),
        "5": len(echo.encode()),
        "6": echo.removeprefix("echo: ")[0].encode().hex(),
        "7": next(text for text in own if text.startswith("last word: ")).removeprefix("last word: "),
        "8": closed.number,
        "9": (closed.ack - lazy.syn_ack.seq - 1) % 2**32,
        "10": sum(len(data) for _, data in listener.pieces(listener.heard)),
        "11": sum(each.number > closed.number for each in to_listener),
    }
