#include "analyzer/run/summary.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "analyzer/tables/capture_contents.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

std::string milliseconds(std::optional<Nanoseconds> span) {
  if (!span) return "unknown";
  return fmt::format("{:.3f} ms", static_cast<double>(span->count()) / 1e6);
}

std::string more_than(std::uint64_t count, std::size_t shown, std::string_view where) {
  return count > shown ? fmt::format("\n{} more are in `{}`.\n", count - shown, where) : "";
}

template <typename Row>
void keep(std::vector<Row>& rows, const Row& row) {
  if (rows.size() < Summary::kListSizeMax) rows.push_back(row);
}

void smaller(std::optional<Nanoseconds>& least, std::optional<Nanoseconds> value) {
  if (value && (!least || *value < *least)) least = value;
}

void larger(std::optional<Nanoseconds>& most, std::optional<Nanoseconds> value) {
  if (value && (!most || *value > *most)) most = value;
}

}  // namespace

std::string left_out_text(std::uint64_t packets_max) {
  return fmt::format(
      "The table `packets` was left out: there are more than {} packets. `--tables packets` writes it alone, "
      "`--packets-max` moves the bound.",
      packets_max);
}

void Summary::add(const ConnectionResult& row) {
  ++connection_count_;
  ++protocols_[row.protocol.empty() ? "no data" : std::string(row.protocol)];
  client_bytes_ += row.connection->client.bytes;
  server_bytes_ += row.connection->server.bytes;
  gap_bytes_ += row.connection->client.gap_bytes + row.connection->server.gap_bytes;
  truncated_bytes_ += row.connection->client.truncated_bytes + row.connection->server.truncated_bytes;
  duplicate_packets_ += row.connection->duplicate_capture_packets;
}

void Summary::add(const TcpEvent& row) {
  const auto known = verdicts_.find(row.verdict);
  if (known != verdicts_.end()) {
    ++known->second;
  } else {
    verdicts_.emplace(row.verdict, 1);
  }
}

void Summary::add(const PduResult& row) {
  ++pdu_count_;
  if (row.status != "ok") ++bad_pdu_count_;
}

void Summary::add(const MessageResult& row) {
  if (row.origin == "history") {
    ++history_count_;
    return;
  }
  ++message_count_;
  balance_ += row.balance;
  smaller(latency_min_, row.latency_min);
  larger(latency_max_, row.latency_max);
  const std::pair key(row.room, row.sender);
  if (sender_totals_.size() >= kPairCountMax && !sender_totals_.contains(key)) return;
  SenderTotals& flow = sender_totals_[key];
  ++flow.messages;
  flow.deliveries += row.balance.deliveries;
  larger(flow.latency_max, row.latency_max);
}

void Summary::add(const CredentialResult& row) {
  if (!row.method.ends_with("password")) {
    ++token_count_;
    return;
  }
  ++password_count_;
  keep(passwords_, row);
}

void Summary::add(const UserResult& row) {
  ++user_count_;
  if (row.login_methods.find("guest") != row.login_methods.npos) ++guest_count_;
  if (row.login_methods.find("token") != row.login_methods.npos) ++by_token_count_;
  if (row.login_methods.empty() || row.login_methods.find("unseen") != row.login_methods.npos)
    ++unseen_login_count_;
  keep(users_, row);
}

void Summary::add(const FileResult& row) {
  ++file_count_;
  if (row.complete) ++file_complete_count_;
  keep(files_, row);
}

void Summary::add(const RoomResult&) { ++room_count_; }

void Summary::add(const Finding& row) {
  ++finding_counts_[row.severity];
  if (row.severity != Severity::note) keep(findings_, row);
}

std::string Summary::talk_section() const {
  std::string text = "## Who talked to whom\n\n";
  if (sender_totals_.empty()) return text + "No message was routed.\n\n";
  text += "| room | from | messages | copies delivered | slowest delivery |\n|---|---|---:|---:|---:|\n";
  std::size_t shown = 0;
  for (const auto& [key, flow] : sender_totals_) {
    if (++shown > kListSizeMax) break;
    text += fmt::format("| {} | {} | {} | {} | {} |\n", markdown_cell(key.first), markdown_cell(key.second),
                        flow.messages, flow.deliveries, milliseconds(flow.latency_max));
  }
  text += more_than(sender_totals_.size(), kListSizeMax, "messages.csv");
  text +=
      "\n| account | kind | logged in by | from | messages | files | copies received "
      "|\n|---|---|---|---|---:|---:|---:|\n";
  for (const UserResult& user : users_)
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", markdown_cell(user.name), user.kind,
                        user.login_methods, markdown_cell(user.addresses), user.messages_sent,
                        user.files_sent, user.deliveries);
  return text + more_than(user_count_, users_.size(), "users.csv") + "\n";
}

std::string Summary::why_no_password(const CaptureInfo& input) const {
  std::string text = "No password was seen.";
  const CaptureContents& contents = input.contents;
  if (contents.messenger_connections > 0) {
    if (guest_count_ > 0)
      text += fmt::format(" {} came as a guest, without any.", plural(guest_count_, "account"));
    if (by_token_count_ > 0)
      text += fmt::format(" {} came back with a token.", plural(by_token_count_, "account"));
    if (unseen_login_count_ > 0)
      text +=
          fmt::format(" {} appeared whose login was not captured.", plural(unseen_login_count_, "account"));
    text += '\n';
  } else {
    text += "\n\nPLAINTALK was not found in this capture. It holds " + describe(contents) + ".\n";
  }
  const auto tries = what_to_try(contents);
  if (tries.empty()) return text;
  text += "\nWhat to try:\n\n";
  for (const std::string& line : tries) text += "- " + line + '\n';
  return text;
}

std::string Summary::secrets_section(const CaptureInfo& input, bool show_secrets) const {
  std::string text = "## What a listener could read\n\n";
  text += password_count_ == 0
              ? why_no_password(input)
              : fmt::format("{} could be read{}:\n\n", plural(password_count_, "password"),
                            show_secrets ? "" : " (masked here; `--show-secrets` shows them)");
  for (const CredentialResult& row : passwords_)
    text += fmt::format("- packet {}: {}{} of {}: `{}`, {}\n", row.seen.packet,
                        row.protocol == "plaintalk" ? "" : std::string(row.protocol) + ", ", row.method,
                        row.user.empty() ? "somebody" : markdown_cell(row.user),
                        show_secrets ? markdown_cell(row.secret) : "******",
                        row.accepted == "yes"  ? "accepted"
                        : row.accepted == "no" ? "refused"
                                               : "no answer that says whether it was right");
  text += more_than(password_count_, passwords_.size(), "credentials.csv");
  if (token_count_ > 0)
    text += fmt::format("\n{} could be read as well.\n", plural(token_count_, "session token"));
  return text + "\n";
}

std::string Summary::balance_section() const {
  std::string text = "## Did every message arrive?\n\n";
  if (message_count_ == 0) return text + "There was none.\n\n";
  text += fmt::format("{} went in; {} were due, {} were seen. Quickest {}, slowest {}.\n",
                      plural(message_count_, "message"), balance_.members, balance_.deliveries,
                      milliseconds(latency_min_), milliseconds(latency_max_));
  text += balance_.holds() ? "Nothing is missing, doubled or misdirected.\n"
                           : fmt::format(
                                 "**The balance does not hold:** {} missing, {} doubled, {} to connections "
                                 "outside the room.\n",
                                 balance_.missing, balance_.duplicates, balance_.leaked);
  if (balance_.shed > 0)
    text += fmt::format("{} were left out for readers too slow; the server said so.\n", balance_.shed);
  if (balance_.not_captured > 0)
    text += fmt::format("{} lie in holes of the capture.\n", balance_.not_captured);
  if (balance_.undecided > 0)
    text += fmt::format("{} were due so close to an end that nothing can be said.\n", balance_.undecided);
  if (history_count_ > 0)
    text += fmt::format("{} older than the capture were read from history pages.\n",
                        plural(history_count_, "message"));
  return text + "\n";
}

std::string Summary::files_section() const {
  if (file_count_ == 0) return {};
  std::string text =
      "## Files\n\n| name | from | to | bytes | recovered | content |\n|---|---|---|---:|---|---|\n";
  for (const FileResult& file : files_) {
    std::string verdict = file.complete ? "complete" : fmt::format("{} bytes missing", file.gap_bytes);
    if (file.complete && !file.sha256_announced.empty() && !file.sha256_carved.empty())
      verdict +=
          file.sha256_announced == file.sha256_carved ? ", SHA-256 as announced" : ", **SHA-256 differs**";
    text +=
        fmt::format("| {} | {} | {} | {} | {} | {} |\n", markdown_cell(file.name), markdown_cell(file.sender),
                    markdown_cell(file.room), file.size ? std::to_string(*file.size) : "?", verdict,
                    file.path.empty() ? "" : '`' + file.path + '`');
  }
  return text + more_than(file_count_, files_.size(), "files.csv") + "\n";
}

std::string Summary::tcp_section(const CaptureInfo& input) const {
  std::string text =
      "## TCP\n\n" + fmt::format("{}, {} bytes from clients and {} from servers.",
                                 plural(connection_count_, "connection"), client_bytes_, server_bytes_);
  for (const auto& [protocol, count] : protocols_) text += fmt::format(" {}: {}.", protocol, count);
  text += '\n';
  if (input.is_synthetic) {
    text += std::string(kSyntheticHeaders) + "\n";
  } else if (verdicts_.empty()) {
    text += "No packet was out of the ordinary.\n";
  } else {
    text += "\n| verdict | packets |\n|---|---:|\n";
    for (const auto& [verdict, count] : verdicts_)
      text += fmt::format("| {} | {} |\n", markdown_cell(verdict), count);
  }
  return text + "\n";
}

std::string Summary::capture_section(const CaptureInfo& input) const {
  std::string text = "## How good the capture is\n\n";
  for (std::size_t index = 0; index < input.names.size(); ++index)
    text += fmt::format("- {} ({})\n", markdown_cell(input.names[index]),
                        index < input.formats.size() ? markdown_cell(input.formats[index]) : "");
  text += fmt::format("\n{}, {} of them TCP segments", plural(input.packets, "packet"), input.segments);
  if (input.used_fragments > 0)
    text += fmt::format(" and {} further fragments of them", input.used_fragments);
  if (input.first) text += fmt::format(", from {} to {}", render_utc(*input.first), render_utc(*input.last));
  text += ".\n";
  text += "It holds " + describe(input.contents) + ".\n";
  if (input.dropped_count) {
    const std::uint64_t lost = *input.dropped_count + input.interface_dropped_count.value_or(0);
    text += lost == 0 ? "The capture lost no packet.\n"
                      : fmt::format(
                            "**The capture lost packets:** {} in the kernel's buffer, {} at the interface.\n",
                            *input.dropped_count, input.interface_dropped_count.value_or(0));
  } else {
    text += "The capture does not say whether it lost packets.\n";
  }
  if (gap_bytes_ > 0)
    text += fmt::format("{} that were sent are not in it.\n", plural(gap_bytes_, "stream byte"));
  if (truncated_bytes_ > 0)
    text += fmt::format("{} were cut off: capture with a larger snap length.\n",
                        plural(truncated_bytes_, "stream byte"));
  if (duplicate_packets_ > 0)
    text += fmt::format("{} are in it twice and were counted once.\n", plural(duplicate_packets_, "packet"));
  text += bad_pdu_count_ == 0
              ? fmt::format("All {} could be decoded.\n", plural(pdu_count_, "frame"))
              : fmt::format("{} could be decoded; {} could not.\n",
                            plural(pdu_count_ - bad_pdu_count_, "frame"), plural(bad_pdu_count_, "place"));
  if (input.packets_max) text += left_out_text(*input.packets_max) + "\n";
  if (input.early_packet_rows > 0)
    text += fmt::format(
        "{} of `packets` had to be written while the acknowledgement was still open: it came more than {} "
        "packets later, or never.\n",
        plural(input.early_packet_rows, "row"), input.waiting_packets_max);
  for (const auto& [reason, count] : input.skipped)
    text += fmt::format("- no TCP: {} ({})\n", markdown_cell(reason), count);
  for (const std::string& damage : input.damage)
    text += fmt::format("- **damaged input:** {}\n", markdown_cell(damage));
  return text + "\n";
}

std::string Summary::findings_section() const {
  const auto count = [&](Severity severity) {
    const auto found = finding_counts_.find(severity);
    return found == finding_counts_.end() ? std::uint64_t{0} : found->second;
  };
  std::string text =
      fmt::format("## Findings\n\n{} high, {} warnings, {} notes; all of them are in `findings.csv`.\n\n",
                  count(Severity::high), count(Severity::warning), count(Severity::note));
  for (const Finding& finding : findings_)
    text += fmt::format("- {}: {}\n", name_of(finding.severity), markdown_cell(finding.text));
  return text +
         more_than(count(Severity::high) + count(Severity::warning), findings_.size(), "findings.csv") + "\n";
}

std::string Summary::render_markdown(const CaptureInfo& input, const std::vector<std::string>& written,
                                     bool show_secrets) const {
  std::string text = "# What the packets tell\n\n";
  if (input.is_interim)
    text +=
        "**Written while the capture went on:** what was open then counts as if the capture had ended. "
        "Files that were not complete have not been carved yet.\n\n";
  if (input.is_synthetic) text += "**" + std::string(kSyntheticHeaders) + "**\n\n";
  text += talk_section() + secrets_section(input, show_secrets) + balance_section() + files_section() +
          findings_section() + tcp_section(input) + capture_section(input);
  text += "## Where to go on\n\nEvery column is explained in docs/REPORTS.md. In this folder: ";
  for (std::size_t index = 0; index < written.size(); ++index)
    text += fmt::format("{}`{}`", index == 0 ? "" : ", ", written[index]);
  return text + ".\n";
}

std::string Summary::render_text(const CaptureInfo& input, const std::string& folder) const {
  std::string text = fmt::format("{} in {}: {}, {}, {}\n", plural(input.packets, "packet"),
                                 plural(connection_count_, "connection"), plural(user_count_, "account"),
                                 plural(room_count_, "room"), plural(message_count_, "message"));
  if (message_count_ > 0) {
    text += fmt::format("routing: {} in, {} of {} copies out", message_count_, balance_.deliveries,
                        balance_.members);
    text += balance_.holds() ? "; nothing missing, doubled or misdirected"
                             : fmt::format("; {} missing, {} doubled, {} misdirected", balance_.missing,
                                           balance_.duplicates, balance_.leaked);
    // The rest of the sum, or "nothing missing" would hide what nobody could see.
    if (balance_.shed > 0) text += fmt::format("; {} left out by GAP", balance_.shed);
    if (balance_.not_captured > 0) text += fmt::format("; {} in holes of the capture", balance_.not_captured);
    if (balance_.undecided > 0) text += fmt::format("; {} too close to an end to tell", balance_.undecided);
    text += '\n';
  }
  if (input.contents.messenger_connections == 0) {
    text += "no PLAINTALK in it; it holds " + describe(input.contents) + '\n';
    for (const std::string& line : what_to_try(input.contents)) text += "hint: " + line + '\n';
  }
  if (password_count_ > 0) text += fmt::format("readable: {}\n", plural(password_count_, "password"));
  if (input.without_foreign_secrets && input.contents.messenger_connections < connection_count_)
    text += "passwords of other protocols: not looked for; the table credentials has them\n";
  if (file_count_ > 0)
    text += fmt::format("files: {} of {} recovered completely\n", file_complete_count_, file_count_);
  const auto high = finding_counts_.find(Severity::high);
  if (high != finding_counts_.end()) text += fmt::format("findings of weight: {}\n", high->second);
  if (input.packets_max) text += left_out_text(*input.packets_max) + "\n";
  if (input.is_synthetic) text += std::string(kSyntheticHeaders) + '\n';
  return text + "reports: " + terminal_safe(folder) + "\n";
}

}  // namespace plaintalk::analyzer
