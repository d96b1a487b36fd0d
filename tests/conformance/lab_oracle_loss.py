"""What lab 06 asks, found from packets alone: which were sent again, what asked for it, and what was lost before the capture.

Works on lab_oracle's packets (tshark's fields) by rules of its own; knows neither our analyzer nor the labs' SQL.
"""
SYN, FIN, RST = 1 << 1, 1, 1 << 2


def behind(one, two):
    """How far sequence number `one` lies behind `two`; negative when it lies before."""
    return (one - two + 2**31) % 2**32 - 2**31


def end_of(packet):
    return (packet.seq + packet.length) % 2**32


def covers(packet, seq):
    return packet.length > 0 and behind(seq, packet.seq) >= 0 and behind(end_of(packet), seq) > 0


def repeats(packets):
    """Those of one side with data of which the first byte was sent before. The capture has all that this side sent."""
    found, high = [], None
    for packet in packets:
        if not packet.length:
            continue
        if high is not None and behind(high, packet.seq) > 0:
            found.append(packet)
        if high is None or behind(end_of(packet), high) > 0:
            high = end_of(packet)
    return found


def least_round_trip(data, acknowledgements):
    """Karn's rule: of data sent once, with nothing at or below it sent later. In nanoseconds."""
    least, confirmed = None, None
    for ack in acknowledgements:
        if ack.flags & (SYN | RST) or ack.ack is None or confirmed is not None and behind(ack.ack, confirmed) <= 0:
            continue
        sent = [each for each in data if each.number < ack.number and each.length]
        covered = [each for each in sent if behind(ack.ack, end_of(each)) >= 0 and (confirmed is None or behind(end_of(each), confirmed) > 0)]
        confirmed = ack.ack
        if not covered:
            continue
        last = max(covered, key=lambda each: (behind(end_of(each), covered[0].seq), each.number))
        is_clear = all(each.number <= last.number or behind(each.seq, last.seq) > 0 for each in sent) and \
            sum(covers(each, last.seq) for each in sent) == 1
        if is_clear:
            least = min(filter(None, (least, ack.time_ns - last.time_ns)))
    return least


def filled_holes(packets):
    """(sent again, overtaken): packets that fill a hole, told apart by whether their IP-ID rises above those before."""
    again, overtaken, seen, high, newest = [], [], [], None, None
    for packet in packets:
        if not packet.length:
            newest = packet.ip_id if newest is None else newest
            continue
        if high is not None and behind(high, packet.seq) > 0 and not any(covers(each, packet.seq) for each in seen):
            is_newer = (packet.ip_id - newest) % 2**16 < 2**15
            (again if is_newer else overtaken).append(packet)
        seen.append(packet)
        if high is None or behind(end_of(packet), high) > 0:
            high = end_of(packet)
        if newest is None or (packet.ip_id - newest) % 2**16 < 2**15:
            newest = packet.ip_id
    return again, overtaken


def download(connection):
    """The frames DATA to this client, after the answer to GET."""
    start = next(at for at, frame in enumerate(connection.replies) if frame.verb == "OK" and "from" in frame.parameters)
    return [frame for frame in connection.replies[start:] if frame.verb == "DATA"]


def lab_06(capture, variant):
    mine = capture.of(variant["me"])
    again = repeats(mine.heard)
    chunks = download(mine)
    first, last = min(chunks[0].packets, key=lambda each: each.number), chunks[-1].packet
    repeat = next(each for each in again if first.number <= each.number <= last.number)
    original = next(each for each in mine.heard if covers(each, repeat.seq))
    asking = [each for each in mine.sent if each.number < repeat.number and each.ack == repeat.seq and not each.length
              and not each.flags & (SYN | FIN | RST)][1:]  # the first one confirms something new
    spoken = next(each for each in mine.heard if variant["word"].encode() in each.payload)
    sendings = [each for each in mine.heard if covers(each, spoken.seq)]
    waits = [(two.time_ns - one.time_ns) / 1e6 for one, two in zip(sendings, sendings[1:])]
    sent_again, overtaken = filled_holes(mine.sent)
    span = last.time_ns - first.time_ns
    return {
        "1": least_round_trip(mine.heard, mine.sent) / 1e6,
        "2": len(again),
        "3": repeat.number,
        "4": original.number,
        "5": (repeat.time_ns - original.time_ns) / 1e6,
        "6": len(asking),
        "7": asking[0].selective,
        "8": len(sendings),
        "9": waits[0],
        "10": waits[-1],
        "11": sent_again[0].number,
        "12": overtaken[0].number,
        "13": sum(len(frame.body) for frame in chunks) / 1024 / (span / 1e9),
    }
