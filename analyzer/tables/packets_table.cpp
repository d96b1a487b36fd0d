#include "analyzer/tables/packets_table.hpp"

namespace plaintalk::analyzer {

Table packets_table() {
  using enum CellType;
  return {
      "packets",
      "One row for each captured packet, in the order of the capture. Relative sequence numbers are "
      "Wireshark's "
      "(the SYN is 0), but neither wrap at 2^32 nor do bytes below the first captured one become huge: those "
      "are negative. A packet without a TCP segment has its row too, which says why. Left out of a capture "
      "with more than a million packets unless `--tables packets` asks for it; `--packets-max N` moves that "
      "bound.",
      {
          {"packet", integer, "number of the packet, from 1, as Wireshark counts"},
          {"time", time, "its time"},
          {"t_s", seconds, "time since the first packet of the capture"},
          {"connection", integer, "its connection; empty when it has no TCP segment"},
          {"direction", text, "`client` or `server`: who sent it"},
          {"frame_bytes", integer, "its size on the wire, with all headers that the capture holds", true},
          {"ip_bytes", integer,
           "IP header and all behind it, without padding; of reassembled fragments the whole", true},
          {"payload_bytes", integer, "bytes behind the TCP header"},
          {"flags", text, "TCP flags in words, such as `SYN ACK`", true},
          {"seq_raw", integer, "sequence number as sent", true},
          {"seq", integer, "relative sequence number", true},
          {"ack_raw", integer, "acknowledgement number as sent; empty without the ACK flag", true},
          {"ack", integer, "relative acknowledgement number", true},
          {"next_seq", integer, "relative number of what follows it: payload, SYN and FIN counted", true},
          {"window_raw", integer, "window field as sent", true},
          {"window", integer,
           "window in bytes; empty when its scale is not known, because the handshake was not captured",
           true},
          {"ttl", integer, "TTL or hop limit", true},
          {"ip_id", integer, "IPv4 identification", true},
          {"mss", integer, "option: maximum segment size", true},
          {"window_scale", integer, "option: window scale, as the exponent of 2", true},
          {"sack_permitted", integer, "option: 1 when selective acknowledgements are permitted", true},
          {"sack_blocks", text,
           "option: what is acknowledged selectively, relative, such as `101-201 301-401`", true},
          {"ts_val", integer, "option: time stamp", true},
          {"ts_ecr", integer, "option: time stamp that is echoed", true},
          {"bytes_in_flight", integer,
           "bytes of its side that are not acknowledged after it, of packets with payload (rule 24 of "
           "docs/TCP_RULES.md); empty when unknown",
           true},
          {"rtt_us", microseconds,
           "of an acknowledgement: time since the packet whose last byte it acknowledges, SYN and FIN "
           "included; "
           "only of what was sent once, with nothing below it sent later (Karn's rule)",
           true},
          {"acks_packet", integer, "the highest packet that it is the first to acknowledge to its last byte",
           true},
          {"acked_by_packet", integer, "the packet that first acknowledged its last byte", true},
          {"first_pdu", integer, "first row of pdus of which it carries bytes"},
          {"last_pdu", integer, "last row of pdus of which it carries bytes"},
          {"verdicts", text, "what tcp_events says about it, separated by commas", true},
          {"copy", integer,
           "1 when the packet was captured before (rule 1) and is left out of everything else", true},
          {"no_segment", text, "why there is no TCP segment, such as `udp` or `arp`"},
      }};
}

}  // namespace plaintalk::analyzer
