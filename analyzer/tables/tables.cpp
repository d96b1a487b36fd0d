// Every column of every table. docs/REPORTS.md is generated from this text (`plaintalk-report
// --describe-tables`), and a test compares the two.
#include "analyzer/tables/connections_table.hpp"
#include "analyzer/tables/packets_table.hpp"
#include "analyzer/tables/table.hpp"

namespace plaintalk::analyzer {
namespace {

using enum CellType;

Table captures() {
  return {
      "captures",
      "One row for the capture: what was read, from when to when, and whether the capture itself lost "
      "something. `t_s` of the reports counts from first_time.",
      {
          {"inputs", text, "names of the files or of the interface, one a line"},
          {"packets", integer, "packets in it, of any kind"},
          {"tcp_segments", integer, "packets with a TCP segment that could be read"},
          {"first_time", time, "time of its earliest packet"},
          {"last_time", time, "time of its latest packet"},
          {"duration_s", seconds, "last_time minus first_time"},
          {"dropped", integer, "packets lost in the kernel's buffer; empty when the capture does not say"},
          {"interface_dropped", integer,
           "packets lost at the interface; empty when the capture does not say"},
          {"synthetic", integer, "1 when an application recorded it and made up the TCP/IP headers"},
          {"messenger_port", integer, "the port that --port named, or the usual one"},
          {"interface", text, "the interface of a live capture"},
          {"damage", text, "what is wrong with the inputs, one a line"},
      }};
}

Table traffic() {
  return {
      "traffic",
      "One row for each protocol, port and pair of addresses that exchanged packets, whatever they were. Of "
      "UDP the side with the lower port is called server.",
      {
          {"protocol", text, "`tcp`, `udp`, `icmp`, `arp`, ...; `others` when there were too many rows"},
          {"client_address", text, "empty when the protocol has none, or there were too many pairs"},
          {"server_address", text, "the other one"},
          {"server_port", integer, "port of the server"},
          {"application", text,
           "of TCP what the bytes showed, as in `connections`; of UDP what the port is usually for"},
          {"connections", integer, "TCP connections"},
          {"client_packets", integer, "packets from the client, copies of a packet not counted"},
          {"server_packets", integer, "packets from the server"},
          {"client_bytes", integer, "bytes of TCP, UDP or IP payload from the client, repeats included"},
          {"server_bytes", integer, "the same from the server"},
      }};
}

Table tcp_events() {
  return {"tcp_events",
          "One row for each judgement about a TCP packet. The rules are those of docs/TCP_RULES.md.",
          {
              {"time", time, "time of the packet"},
              {"packet", integer, "number of the packet"},
              {"connection", integer, "its connection"},
              {"direction", text, "`client` or `server`: who sent it"},
              {"verdict", text, "what it is, such as `retransmission`"},
              {"offset", integer, "place in that side's stream"},
              {"length", integer, "bytes the verdict is about"},
              {"rule", integer, "number of the rule"},
              {"confidence", text, "`certain`, `likely` or `ambiguous`"},
              {"evidence", text, "what it was concluded from, with packet numbers"},
          },
          true};
}

Table pdus() {
  return {
      "pdus",
      "One row for each frame of the protocol, and for each place where a stream could not be read as "
      "frames.",
      {
          {"time", time, "time of the packet with its first byte"},
          {"connection", integer, "its connection"},
          {"direction", text, "`client` or `server`: who sent it"},
          {"first_packet", integer, "packet with its first byte"},
          {"last_packet", integer, "packet with its last byte"},
          {"packets", integer, "how many packets carried it"},
          {"stream_offset", integer, "place of its first byte in that side's stream"},
          {"length", integer, "bytes on the wire, line ends included"},
          {"verb", text, "its verb in upper case; an unknown one as it was sent"},
          {"arguments", text,
           "arguments and parameters as they were sent, without the body; tokens are masked unless asked "
           "for"},
          {"body_length", integer, "bytes of the body"},
          {"time_complete", time, "time of the packet with its last byte"},
          {"hole_bytes", integer, "bytes of the body that are not in the capture"},
          {"status", text,
           "`ok`, or what is wrong in the words of docs/PROTOCOL.md, section 2; of a described protocol in "
           "those of docs/PROTOCOLS.md"},
          {"pdu", integer, "number of this row, from 1; packets name it"},
      }};
}

Table messages() {
  return {"messages",
          "One row for each message and each file announced: in once, out to everybody in the room. "
          "members = deliveries + missing + shed + not_captured + undecided. Rows come in the order in which "
          "messages were first seen.",
          {
              {"room", text, "`#room`, or `@alice,bob` for a direct conversation"},
              {"seq", integer,
               "its number in the room; of a described protocol counted in the order of the capture"},
              {"sender", text, "account it is from"},
              {"time_in", time,
               "time of the packet that completed the command; empty when that was not captured"},
              {"packet_in", integer, "that packet"},
              {"time_ok", time, "time of the packet in which the sender's OK begins"},
              {"body_length", integer, "bytes of the body; of a file its size"},
              {"text", text, "the body; of a file its name"},
              {"members", integer, "connections that were in the room at that moment"},
              {"deliveries", integer, "of those, the ones a live copy was sent to"},
              {"missing", integer, "of those, the ones that got none, without any excuse"},
              {"latency_min_us", microseconds,
               "quickest delivery: first byte of the copy minus last byte of the command"},
              {"latency_p50_us", microseconds, "median delivery (the lower one of two)"},
              {"latency_max_us", microseconds, "slowest delivery"},
              {"kind", text, "`text` or `file`"},
              {"origin", text, "`live`, or `history` when only a replay of an older message was captured"},
              {"shed", integer, "members told with GAP that they read too slowly"},
              {"not_captured", integer, "members whose copy would lie in a hole of the capture"},
              {"undecided", integer, "members whose connection, or the capture, ended too soon to tell"},
              {"duplicates", integer, "further live copies to a member"},
              {"leaked", integer, "copies to connections that were not in the room"},
              {"connection_in", integer, "connection of the command"},
              {"hole_bytes", integer, "bytes of the body that are not in the capture"},
              {"server", text, "the server; `/2` after it when it was restarted during the capture"},
          }};
}

Table deliveries() {
  return {"deliveries",
          "One row for each live copy of a message that went out to a connection. Copies in history pages "
          "are no deliveries.",
          {
              {"room", text, "room of the message"},
              {"seq", integer, "its number in the room"},
              {"recipient", text, "account it was sent to"},
              {"connection", integer, "connection it was sent on"},
              {"packet_out", integer, "packet with its first byte"},
              {"time_out", time, "time of that packet"},
              {"latency_us", microseconds, "time_out minus time_in of the message"},
              {"time_acked", time, "when TCP acknowledged its last byte; empty when that was not seen", true},
              {"status", text, "`delivered`, `duplicate` or `leaked`"},
              {"device", text, "device of the recipient"},
              {"server", text, "the server"},
          }};
}

Table users() {
  return {"users",
          "One row for each account that was seen, in alphabetical order.",
          {
              {"user", text, "the account"},
              {"display_name", text, "the name it shows"},
              {"kind", text, "`registered`, `guest` or `unknown`"},
              {"login_methods", text,
               "`password`, `register`, `token`, `guest`; `unseen` when only the answer was captured; `name` "
               "of a "
               "described protocol without a password"},
              {"connections", integer, "connections it was logged in on"},
              {"devices", text, "its devices"},
              {"addresses", text, "IP addresses it came from"},
              {"first_seen", time, "when it was first seen, by whatever packet"},
              {"last_seen", time, "when it was last seen"},
              {"messages_sent", integer, "text messages from it that were routed live"},
              {"files_sent", integer, "files from it that were announced"},
              {"deliveries", integer, "live copies sent to it"},
              {"sent_bytes", integer, "bytes its connections sent"},
              {"received_bytes", integer, "bytes the server sent to its connections"},
              {"refused_logins", integer, "logins and registrations with its name that were refused"},
          }};
}

Table credentials() {
  return {
      "credentials",
      "One row for each secret that crossed the network in clear text, once its answer was seen.",
      {
          {"time", time, "time of the packet"},
          {"packet", integer, "packet that completed the frame with the secret"},
          {"connection", integer, "its connection"},
          {"user", text, "account the secret is for"},
          {"method", text,
           "`login-password`, `register-password`, `login-token`, or `issued-token` (sent by the server); of "
           "other protocols also `basic-password` and `proxy-password` (HTTP Basic), `form-password`, "
           "`query-password` and `json-password` (HTTP), `plain-password` (SASL PLAIN), `server-password`, "
           "`oper-password` and `nickserv-password` (IRC), `line-password` and `prompt-password` (unknown "
           "protocols of lines, by their form), `described-password` (a protocol of --protocol)"},
          {"secret", text, "`******`, or the secret itself with --show-secrets"},
          {"accepted", text, "`yes` or `no` when the server's answer says so; empty when nobody knows"},
          {"direction", text, "`client` or `server`: who sent it"},
          {"protocol", text,
           "`plaintalk`, `http`, `ftp`, `smtp`, `pop3`, `imap`, `telnet`, `irc`, `other`, or the name of a "
           "described protocol"},
      }};
}

Table files() {
  return {"files",
          "One row for each file seen in transfer, put together from uploads and downloads.",
          {
              {"file", text, "the server's handle for it"},
              {"room", text, "where it was sent to"},
              {"seq", integer, "number of its announcement in the room; empty when none was seen"},
              {"name", text, "the sender's name for it; never used as a path"},
              {"sender", text, "account that sent it"},
              {"recipients", text, "accounts that downloaded it to its end"},
              {"size", integer, "its announced size"},
              {"sha256_announced", text, "SHA-256 as announced"},
              {"sha256_carved", text,
               "SHA-256 of the carved content; empty when bytes of it are missing: nobody knows it then"},
              {"complete", integer, "1 when every byte was in the capture"},
              {"gap_bytes", integer, "bytes that were not"},
              {"path", text,
               "carved file, relative to this folder; `.partial` when bytes are missing, `.partial.holes` "
               "beside it "
               "says which; empty when nothing, or next to nothing, was there to keep"},
              {"uploaded_bytes", integer, "bytes of DATA frames to the server, repeats included"},
              {"downloaded_bytes", integer, "bytes of DATA frames from the server, repeats included"},
              {"downloads", integer, "downloads that came to their end"},
              {"first_packet", integer, "first packet about it"},
              {"last_packet", integer, "last packet about it"},
              {"start_time", time, "time of the first packet about it"},
              {"end_time", time, "time of the last packet about it"},
              {"server", text, "the server"},
          }};
}

Table transfers() {
  return {"transfers",
          "One row for each time that a file went up to the server or down from it: the ways of the rows of "
          "`files`. A rate is bytes / duration_s.",
          {
              {"file", text, "the server's handle for it"},
              {"name", text, "the sender's name for the file"},
              {"room", text, "where it was sent to"},
              {"kind", text, "`upload` or `download`"},
              {"user", text, "account that sent or fetched it"},
              {"connection", integer, "connection it went over"},
              {"first_packet", integer, "packet with the first byte of its first DATA"},
              {"last_packet", integer, "packet with the last byte of its last DATA"},
              {"start_time", time, "time of first_packet"},
              {"end_time", time, "time of last_packet"},
              {"duration_s", seconds, "from start_time to end_time"},
              {"chunks", integer, "DATA frames"},
              {"bytes", integer, "bytes of content in them, repeats included"},
              {"complete", integer, "1 when the DONE that ends it was captured"},
              {"server", text, "the server"},
          }};
}

Table rooms() {
  return {"rooms",
          "One row for each room and direct conversation, with the sum over its messages.",
          {
              {"room", text, "`#room` or `@alice,bob`"},
              {"kind", text, "`room` or `direct`"},
              {"accounts", text, "accounts seen in it"},
              {"topic", text, "its last topic"},
              {"first_seen", time, "when it was first seen"},
              {"last_seen", time, "when it was last seen"},
              {"joins", integer, "joins of captured connections"},
              {"parts", integer, "parts of captured connections"},
              {"messages", integer, "text messages routed live"},
              {"files", integer, "files announced live"},
              {"seq_first", integer, "lowest number seen"},
              {"seq_last", integer, "highest number seen"},
              {"members", integer, "expected deliveries, over all its messages"},
              {"deliveries", integer, "deliveries seen"},
              {"missing", integer, "deliveries missing"},
              {"shed", integer, "deliveries the server left out with GAP"},
              {"not_captured", integer, "deliveries in holes of the capture"},
              {"undecided", integer, "deliveries too close to an end to tell"},
              {"duplicates", integer, "copies too many"},
              {"leaked", integer, "copies to connections outside"},
              {"replays", integer, "copies in history pages"},
              {"server", text, "the server"},
          }};
}

Table timeline() {
  return {"timeline",
          "One row for each second in which something was captured.",
          {
              {"second", integer, "the second, since the epoch"},
              {"packets", integer, "packets captured, of any kind", true},
              {"packet_bytes", integer, "their size on the wire", true},
              {"client_bytes", integer, "new stream bytes from clients"},
              {"server_bytes", integer, "new stream bytes from servers"},
              {"messages", integer, "messages that came in"},
              {"deliveries", integer, "copies that went out"},
              {"connections_opened", integer, "TCP connections that began"},
              {"connections_closed", integer, "TCP connections that ended"},
              {"tcp_events", integer, "rows of tcp_events", true},
          }};
}

Table findings() {
  return {"findings",
          "Everything that deserves a human's eye, the heaviest first. Each kind is listed below.",
          {
              {"severity", text, "`high`, `warning` or `note`"},
              {"kind", text, "what it is"},
              {"time", time, "when"},
              {"connection", integer, "the connection it is about; empty when it is about none"},
              {"packets", text, "numbers of the packets that show it"},
              {"rule", text, "number of the kind"},
              {"text", text, "in words"},
          }};
}

}  // namespace

const std::vector<Table>& tables() {
  static const std::vector<Table> all{
      captures(), connections_table(), messages(),   deliveries(),    pdus(),
      users(),    credentials(),       files(),      transfers(),     rooms(),
      timeline(), traffic(),           tcp_events(), packets_table(), findings()};
  return all;
}

}  // namespace plaintalk::analyzer
