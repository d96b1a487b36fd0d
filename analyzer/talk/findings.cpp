#include "analyzer/talk/findings.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plaintalk::analyzer {

namespace {
constexpr std::size_t kPacketCountMax = 16;  // of a finding that grows
}

const std::vector<FindingKind>& finding_kinds() {
  using enum Severity;
  static const std::vector<FindingKind> kinds{
      {"T1", "readable-password", warning, "a password crossed the network in clear text"},
      {"T2", "readable-token", note, "a session token crossed the network in clear text"},
      {"T3", "refused-login", note, "the server refused a login or a registration"},
      {"T4", "missing-delivery", high,
       "a connection in the room did not get a message that went to the room"},
      {"T5", "duplicate-delivery", high,
       "a connection got the same message twice, outside of a history page"},
      {"T6", "reordered-delivery", high,
       "a connection got messages of a room in another order than their numbers"},
      {"T7", "leaked-message", high, "a connection got a message of a room or conversation it was not in"},
      {"T8", "altered-message", high, "copies of one message differ from each other or from what was said"},
      {"T9", "sequence-hole", warning, "a number of the room was given to no message that was seen"},
      {"T10", "undecodable", warning, "bytes that are no well-formed frame"},
      {"T11", "not-plaintalk", note, "another protocol on the messenger's port"},
      {"T12", "capture-gap", warning, "bytes of a stream are missing in the capture"},
      {"T13", "conflicting-bytes", high, "TCP carried two different contents for the same bytes"},
      {"T14", "unmatched-reply", note, "a reply without its command, or out of turn"},
      {"T15", "hash-mismatch", high, "a complete carved file does not match its announced SHA-256"},
      {"T16", "incomplete-file", warning, "a file could not be carved completely"},
      {"T17", "file-conflict", high, "the same bytes of a file differ between transfers"},
      {"T18", "server-restart", note, "the numbers of a room started again: the server was restarted"},
      {"T19", "limit-reached", warning, "a bound of the analyzer was reached; some joins may be missing"},
      {"T20", "connection-evicted", warning, "a connection was given up before its end"},
      {"T21", "began-earlier", note, "a connection began before the capture did"},
      {"T22", "late-delivery", warning, "a delivery came so late that it had been counted as missing"},
      {"T23", "error-reply", note, "the server refused a command"},
      {"T24", "shed", note,
       "the server told a connection that messages were not sent because it read too slowly"},
      {"T25", "resend", note, "a message was sent again with its id; the server recognised it"},
      {"T26", "sender-mismatch", high, "a message goes out under another name than its sender's"},
      {"T27", "capture-drops", warning, "the capture itself lost packets"},
      {"T28", "damaged-input", warning, "a capture file is not well-formed; the text says what was left out"},
      {"T29", "skipped-packets", note, "packets that hold no TCP segment that could be read"},
      {"T30", "synthetic", note,
       "the capture was recorded by an application; its TCP/IP headers were made up"},
      {"T31", "captured-twice", note, "packets are in the capture more than once; the copies are left out"},
      {"T32", "conflicting-fragments", warning,
       "IP fragments contradict each other: an evasion, or damage; --overlap says which bytes stay"},
      {"T33", "packets-left-out", note, "the capture has too many packets for a table of them"},
      {"T34", "unexplained-unit", note, "units of a described protocol that fit no rule of its description"},
      {"T35", "merged-messages", note,
       "one segment carried several messages of a protocol without framing: TCP keeps no boundaries"},
      {"T36", "split-message", note, "a message of a protocol without framing came in several segments"},
  };
  return kinds;
}

std::optional<std::size_t> Findings::add(std::string_view kind, WallTime time, ConnectionId connection,
                                         std::vector<std::uint64_t> packets, std::string text) {
  const auto& kinds = finding_kinds();
  const auto known = std::find_if(kinds.begin(), kinds.end(),
                                  [&](const FindingKind& candidate) { return candidate.name == kind; });
  check(known != kinds.end(), "every finding has a documented kind");
  if (++counts_[known->name] > kCountMaxPerKind) return std::nullopt;
  std::erase(packets, std::uint64_t{0});
  findings_.push_back(
      {known->severity, known->name, known->rule, time, connection, std::move(packets), std::move(text)});
  return findings_.size() - 1;
}

void Findings::change(std::size_t finding, std::uint64_t packet, std::string text) {
  std::vector<std::uint64_t>& packets = findings_.at(finding).packets;
  if (packets.size() < kPacketCountMax && std::find(packets.begin(), packets.end(), packet) == packets.end())
    packets.push_back(packet);
  findings_.at(finding).text = std::move(text);
}

std::uint64_t Findings::count(std::string_view kind) const {
  const auto found = counts_.find(kind);
  return found == counts_.end() ? 0 : found->second;
}

void Findings::finish(TalkSink& sink) {
  for (const auto& [kind, count] : counts_) {
    if (count <= kCountMaxPerKind) continue;
    const auto same = [&](const Finding& finding) { return finding.kind == kind; };
    const auto last = std::find_if(findings_.rbegin(), findings_.rend(), same);
    Finding more{last->severity, last->kind, last->rule, last->time, {}, {}, {}};
    more.text = "and " + std::to_string(count - kCountMaxPerKind) + " more of this kind";
    findings_.push_back(std::move(more));
  }
  std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
    return a.severity != b.severity ? a.severity > b.severity : a.time < b.time;
  });
  for (const Finding& finding : findings_) sink.finding(finding);
  findings_.clear();
}

}  // namespace plaintalk::analyzer
