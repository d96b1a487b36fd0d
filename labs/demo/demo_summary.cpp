#include "labs/demo/demo_summary.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "base/front_door.hpp"
#include "base/text.hpp"
#include "labs/demo/participants.hpp"
#include "labs/demo/text_width.hpp"

namespace plaintalk::demo {
namespace {

constexpr std::size_t kPeopleShownMax = 5;
constexpr std::size_t kMessagesShownMax = 12;
constexpr std::size_t kMessagesShownMin = 2;
constexpr std::size_t kDirectMessagesShownMax = 3;
constexpr std::size_t kDifferencesShownMax = 5;

class Page {
 public:
  explicit Page(bool is_coloured) : is_coloured_(is_coloured) {}

  void heading(std::string_view text, std::string_view remark = {}) {
    std::string line = is_coloured_ ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text);
    if (!remark.empty()) line += fmt::format("  ({})", remark);
    lines_.push_back(std::move(line));
  }
  void line(const std::string& text) { lines_.push_back(cut_to_width("  " + text, kSummaryWidth)); }
  // For what must not be cut: long lines go on, indented.
  void paragraph(const std::string& text) {
    for (std::string& part : wrap(text, kSummaryWidth - 4)) {
      lines_.push_back((lines_of_paragraph_++ == 0 ? "  " : "    ") + std::move(part));
    }
    lines_of_paragraph_ = 0;
  }
  void verdict(bool is_good, const std::string& text) {
    const std::string_view colour = is_good ? "\x1b[32m" : "\x1b[31m";
    for (std::string& part : wrap(text, kSummaryWidth - 2)) {
      lines_.push_back(is_coloured_ ? fmt::format("  {}{}\x1b[0m", colour, part) : "  " + part);
    }
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  bool is_coloured_;
  std::size_t lines_of_paragraph_ = 0;
  std::vector<std::string> lines_;
};

std::string shell_path(const std::string& path) {
  const bool is_plain = std::ranges::all_of(path, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+").contains(c);
  });
  if (is_plain) return path;
  std::string quoted = "'";
  for (const char c : path) c == '\'' ? void(quoted += "'\\''") : quoted.push_back(c);
  return quoted + '\'';
}

bool is_direct(const MessageKey& key) { return key.room.starts_with('@'); }

void tell_capture(const DemoResult& input, Page& page) {
  const auto& connections = input.evidence.connections;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  for (const auto& [number, connection] : connections) {
    packets += connection.packets;
    bytes += connection.client_bytes + connection.server_bytes;
  }
  page.heading("How it was captured", render(input.capture.mode));
  page.line(input.capture.explanation);
  // What would help is the doctor's to tell; here is only what is in the way.
  for (const std::string& reason : input.capture.refused)
    page.line("not by " + reason.substr(0, std::min(reason.find(". "), reason.find(" ("))));
  if (!input.capture.refused.empty()) page.line('\'' + front_door("doctor") + "' tells what would allow it");
  // Packets of a recording were made up, so the analysis does not count them.
  page.line(fmt::format("{}{}, {} stream bytes", packets > 0 ? plural(packets, "packet") + ", " : "",
                        plural(connections.size(), "TCP connection"), bytes));
}

struct Person {
  std::string address;
  std::uint64_t said = 0;
  std::uint64_t heard = 0;
};

void tell_people(const Evidence& evidence, Page& page) {
  std::map<std::string, Person> people;
  for (const SeenMessage& message : evidence.messages) ++people[message.sender].said;
  for (const SeenDelivery& delivery : evidence.deliveries) {
    Person& person = people[delivery.recipient];
    ++person.heard;
    if (person.address.empty()) person.address = delivery.client.address;
  }
  page.heading("Who talked to whom", plural(people.size(), "user"));
  std::size_t shown = 0;
  for (const auto& [name, person] : people) {
    if (++shown > kPeopleShownMax) continue;
    std::map<std::string, std::size_t> targets;
    for (const SeenMessage& message : evidence.messages) {
      if (message.sender == name) ++targets[message.key.room];
    }
    std::string said_to;
    for (const auto& [room, count] : targets)
      said_to += fmt::format("{}{} x{}", said_to.empty() ? "" : ", ", terminal_safe(room), count);
    page.line(fmt::format("{:<8} {:<11} said {:>2}: {}; heard {}", terminal_safe(name), person.address,
                          person.said, said_to.empty() ? "nothing" : said_to, person.heard));
  }
  if (people.size() > shown || shown > kPeopleShownMax) {
    page.line(fmt::format("and {} more: users.csv", people.size() - kPeopleShownMax));
  }
}

void tell_passwords(const Evidence& evidence, Page& page) {
  page.heading("Which password was readable");
  std::map<std::pair<std::string, std::string>, std::string> places;
  for (const SeenCredential& credential : evidence.credentials) {
    if (!credential.method.contains("password")) continue;
    std::string& place = places[{credential.user, credential.secret}];
    const std::string_view occasion =
        credential.method.starts_with("register") ? "registering" : "logging in";
    place += fmt::format("{}packet {} ({})", place.empty() ? "" : ", ", credential.packet, occasion);
  }
  for (const auto& [who, place] : places) {
    page.line(fmt::format("{}: \"{}\"  in {}", terminal_safe(who.first), terminal_safe(who.second), place));
  }
}

void tell_routes(const Evidence& evidence, std::size_t shown_count_max, Page& page) {
  std::vector<const SeenMessage*> in_rooms;
  for (const SeenMessage& message : evidence.messages) {
    if (!is_direct(message.key)) in_rooms.push_back(&message);
  }
  // The first and the last ones: between them stand the many hellos of a large class.
  const std::size_t first_count = std::min(in_rooms.size(), shown_count_max / 2);
  const std::size_t last_count = std::min(in_rooms.size() - first_count, shown_count_max - first_count);
  page.heading("How each message was routed", "1 in, N out; microseconds from in to out");
  page.line("room   n  packet in  out to  min/median/max us  from: text");
  for (std::size_t index = 0; index < in_rooms.size(); ++index) {
    if (index >= first_count && index < in_rooms.size() - last_count) continue;
    const SeenMessage& message = *in_rooms[index];
    page.line(fmt::format("{:<4} {:>3}  {:>9}  {:>6}  {:>17}  {}: {}", terminal_safe(message.key.room),
                          message.key.seq, message.packet_in,
                          fmt::format("{} of {}", message.delivery_count, message.members),
                          fmt::format("{:.0f}/{:.0f}/{:.0f}", message.latency_min_us, message.latency_p50_us,
                                      message.latency_max_us),
                          terminal_safe(message.sender), terminal_safe(message.text)));
  }
  const std::size_t hidden = in_rooms.size() - first_count - last_count;
  if (hidden > 0) page.line(fmt::format("and {} more between them: messages.csv", hidden));
  page.heading("Direct messages", "as private as the rest");
  std::size_t direct_count = 0;
  for (const SeenMessage& message : evidence.messages) {
    if (!is_direct(message.key) || ++direct_count > kDirectMessagesShownMax) continue;
    page.line(fmt::format("packet {:>4}  {} in {}: {}", message.packet_in, terminal_safe(message.sender),
                          terminal_safe(message.key.room), terminal_safe(message.text)));
  }
}

void tell_file(const DemoResult& input, Page& page) {
  page.heading("The file");
  for (const SeenFile& file : input.evidence.files) {
    page.line(fmt::format("{}, {} bytes, sent by {}, put together from the packets", terminal_safe(file.name),
                          file.size, terminal_safe(file.sender)));
  }
  const bool is_same =
      input.recovered_sha256 == input.sent_sha256 && input.announced_sha256 == input.sent_sha256;
  page.verdict(is_same,
               is_same ? fmt::format("byte for byte: SHA-256 {}... as sent, announced and recovered",
                                     input.sent_sha256.substr(0, 16))
                       : fmt::format("not the same: SHA-256 sent {:.8}, announced {:.8}, recovered {:.8}",
                                     input.sent_sha256, input.announced_sha256, input.recovered_sha256));
}

void tell_comeback(const DemoResult& input, Page& page) {
  const Comeback comeback = trace_comeback(input.evidence, input.dropped_address, kRoom);
  page.heading("The dropped connection");
  if (comeback.connection_count < 2) {
    page.verdict(false, "bob did not come back");
    return;
  }
  page.line(fmt::format("bob's line was cut; {:.2f} s later he was back on a new one", comeback.away_s));
  page.verdict(comeback.lost.empty() && comeback.repeated.empty(),
               fmt::format("{} said meanwhile, {} paged from history by SYNC, {} lost, {} repeated",
                           plural(comeback.missed.size(), "thing"), comeback.paged.size(),
                           comeback.lost.size(), comeback.repeated.size()));
}

void tell_cross_check(const DemoResult& input, Page& page) {
  const bool is_one_witness = input.capture.mode == session::CaptureMode::own_recording;
  page.heading("Cross-check", is_one_witness ? "the server's own log = its own record"
                                             : "the server's own log = the packets");
  // Things on one line, bytes on the next.
  std::array<std::string, 2> sums;
  for (const Check& check : input.cross_check.checks) {
    const bool is_equal = check.differences.empty() && check.server_count == check.packet_count;
    std::string& line = sums[check.subject.starts_with("bytes") ? 1 : 0];
    line += fmt::format("{}{} {} {} {}", line.empty() ? "" : ", ", check.subject, check.server_count,
                        is_equal ? "=" : "!=", check.packet_count);
  }
  for (const std::string& line : sums) {
    if (!line.empty()) page.verdict(input.cross_check.agrees(), line);
  }
  std::vector<std::string> differences = input.cross_check.differences();
  for (std::size_t index = 0; index < std::min(differences.size(), kDifferencesShownMax); ++index) {
    page.line("! " + terminal_safe(differences[index]));
  }
  if (differences.size() > kDifferencesShownMax) {
    page.line(fmt::format("! and {} more differences", differences.size() - kDifferencesShownMax));
  }
}

}  // namespace

std::vector<std::string> find_faults(const DemoResult& input) {
  std::vector<std::string> faults;
  if (!input.cross_check.agrees()) faults.push_back("the server's log and the packets disagree");
  const Comeback comeback = trace_comeback(input.evidence, input.dropped_address, kRoom);
  if (comeback.connection_count < 2) faults.push_back("the dropped connection did not come back");
  if (!comeback.lost.empty()) faults.push_back("the dropped connection lost messages");
  if (!comeback.repeated.empty()) faults.push_back("messages came twice over the dropped connection");
  if (input.recovered_sha256 != input.sent_sha256)
    faults.push_back("the file was not recovered as it was sent");
  if (input.announced_sha256 != input.sent_sha256)
    faults.push_back("the server announced another file than was sent");
  const bool has_password =
      std::ranges::any_of(input.evidence.credentials,
                          [](const SeenCredential& credential) { return credential.secret == kPassword; });
  if (!has_password) faults.push_back("the password was not found in the packets");
  const auto missing = std::accumulate(
      input.evidence.messages.begin(), input.evidence.messages.end(), std::uint64_t{0},
      [](std::uint64_t sum, const SeenMessage& message) { return sum + message.missing_count; });
  if (missing > 0) faults.push_back(fmt::format("{} deliveries are missing in the packets", missing));
  return faults;
}

namespace {

std::vector<std::string> render_with(const DemoResult& input, std::size_t message_count) {
  Page page(input.is_coloured);
  tell_capture(input, page);
  tell_people(input.evidence, page);
  tell_passwords(input.evidence, page);
  tell_routes(input.evidence, message_count, page);
  tell_file(input, page);
  tell_comeback(input, page);
  tell_cross_check(input, page);
  page.heading("Look further");
  const std::string folder = shell_path(input.folder);
  page.paragraph(fmt::format("{}/analysis: summary.md, *.csv, analysis.sqlite, files/", folder));
  page.paragraph(fmt::format("{0}/session.pcapng for Wireshark; {0}/scripts to run it again", folder));
  page.paragraph(fmt::format("{} {}/analysis    ({})", front_door("report routing"), folder,
                             front_door("report --list")));
  return page.take();
}

}  // namespace

std::vector<std::string> render_summary(const DemoResult& input) {
  // The table of messages is the only part that may give way.
  for (std::size_t message_count = kMessagesShownMax;; --message_count) {
    std::vector<std::string> lines = render_with(input, message_count);
    if (lines.size() < kSummaryLineCountMax || message_count == kMessagesShownMin) return lines;
  }
}

}  // namespace plaintalk::demo
