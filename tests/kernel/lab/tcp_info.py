"""What the kernel says of one socket (linux/tcp.h, struct tcp_info). Fields that an older kernel lacks are left out."""
import socket
import struct

# Name and form, in the order of the structure from its ninth byte on.
_FIELDS = ([(name, "I") for name in (
    "rto", "ato", "snd_mss", "rcv_mss", "unacked", "sacked", "lost", "retrans", "fackets", "last_data_sent", "last_ack_sent",
    "last_data_recv", "last_ack_recv", "pmtu", "rcv_ssthresh", "rtt", "rttvar", "snd_ssthresh", "snd_cwnd", "advmss", "reordering",
    "rcv_rtt", "rcv_space", "total_retrans")]
    + [(name, "Q") for name in ("pacing_rate", "max_pacing_rate", "bytes_acked", "bytes_received")]
    + [(name, "I") for name in ("segs_out", "segs_in", "notsent_bytes", "min_rtt", "data_segs_in", "data_segs_out")]
    + [(name, "Q") for name in ("delivery_rate", "busy_time", "rwnd_limited", "sndbuf_limited")]
    + [(name, "I") for name in ("delivered", "delivered_ce")]
    + [(name, "Q") for name in ("bytes_sent", "bytes_retrans")]
    + [(name, "I") for name in ("dsack_dups", "reord_seen", "rcv_ooopack", "snd_wnd", "rcv_wnd", "rehash")]
    + [(name, "H") for name in ("total_rto", "total_rto_recoveries")])
KEPT = ("total_retrans", "bytes_acked", "bytes_received", "bytes_sent", "bytes_retrans", "segs_out", "segs_in", "data_segs_in",
        "data_segs_out", "dsack_dups", "reord_seen", "rcv_ooopack", "rtt", "min_rtt", "rwnd_limited", "busy_time", "notsent_bytes",
        "total_rto", "snd_mss")


def tcp_info(connection):
    data = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 512)
    values, at = {}, 8
    for name, form in _FIELDS:
        size = struct.calcsize("=" + form)
        if at + size > len(data):
            break
        values[name] = struct.unpack_from("=" + form, data, at)[0]
        at += size
    return {name: values[name] for name in KEPT if name in values}
