#include "messenger/client/render_text.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kRed = "\x1b[31m";

std::string coloured(std::string text, std::string_view colour, const TextStyle& style) {
  return style.colours ? std::string(colour) + text + std::string(kReset) : text;
}

// Each name has a colour of its own, the same every time.
std::string coloured_name(const std::string& name, const TextStyle& style) {
  if (!style.colours) return terminal_safe(name);
  unsigned sum = 0;
  for (const char c : name) sum = sum * 31 + static_cast<unsigned char>(c);
  return fmt::format("\x1b[{};1m{}\x1b[0m", 31 + sum % 6, terminal_safe(name));
}

std::string safe(const std::string& text) { return terminal_safe(text); }

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string note_line(const std::string& text, const TextStyle& style) {
  return coloured("* " + text, kDim, style) + "\n";
}

std::string bytes_text(std::uint64_t size) {
  if (size < 1024) return counted(size, "byte", "bytes");
  const auto value = static_cast<double>(size);
  if (size < 1024 * 1024) return fmt::format("{:.1f} KiB", value / 1024);
  return fmt::format("{:.1f} MiB", value / (1024 * 1024));
}

std::string head(const std::string& room, std::uint64_t seq, const TextStyle& style) {
  return coloured(fmt::format("[{} {}]", safe(room_label(room, style.user)), seq), kDim, style);
}

// The lines of a message that has several stay together: those after the first are marked with a bar.
std::string with_line_breaks(const std::string& text) {
  std::string shown;
  std::string_view rest = text;
  for (bool first = true;; first = false) {
    const auto end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    shown += first ? "" : "    | ";
    shown += terminal_safe(line) + "\n";
    if (end == std::string_view::npos) return shown;
    rest.remove_prefix(end + 1);
  }
}

std::string show(const LoggedIn& event, const TextStyle& style) {
  return note_line(fmt::format("{} {} as {}{}", event.again ? "back on" : "connected to", safe(event.server),
                               safe(event.user), event.guest ? " (guest)" : ""),
                   style);
}

std::string show(const MessageCame& event, const TextStyle& style) {
  return head(event.room, event.seq, style) + " " + coloured_name(event.from, style) + ": " +
         with_line_breaks(event.text);
}

std::string show(const FileCame& event, const TextStyle& style) {
  return fmt::format("{} {}: file {} ({}) - /get {}\n", head(event.room, event.seq, style),
                     coloured_name(event.from, style), safe(event.name), counted(event.size, "byte", "bytes"),
                     safe(event.name));
}

std::string show(const PersonChanged& event, const TextStyle& style) {
  switch (event.what) {
    case PersonChanged::What::joined:
      if (event.name == style.user) return {};  // the answer to /join says it
      return note_line(fmt::format("{} joined {}", safe(event.name), safe(event.room)), style);
    case PersonChanged::What::parted:
      return note_line(
          fmt::format("{} left {} ({})", safe(event.name), safe(event.room),
                      safe(event.text.empty() ? event.detail : event.detail + ": " + event.text)),
          style);
    case PersonChanged::What::presence: break;
  }
  return note_line(
      fmt::format("{} is {}{}", safe(event.name), safe(event.detail),
                  event.text.empty() || event.text == event.detail ? "" : ": " + safe(event.text)),
      style);
}

std::string show(const TopicSet& event, const TextStyle& style) {
  return note_line(
      fmt::format("{} set the topic of {}: {}", safe(event.name), safe(event.room), safe(event.text)), style);
}

std::string show(const NoticeCame& event, const TextStyle& style) {
  return note_line(event.kind == "server" ? "server: " + safe(event.text) : safe(event.text), style);
}

std::string show(const MessagesMissed& event, const TextStyle& style) {
  const std::string room = safe(room_label(event.room, style.user));
  if (event.first == event.last)
    return note_line(fmt::format("message {} of {} is not kept by the server any more", event.first, room),
                     style);
  return note_line(fmt::format("messages {} to {} of {} are not kept by the server any more", event.first,
                               event.last, room),
                   style);
}

std::string show(const TransferProgress&, const TextStyle&) { return {}; }

std::string room_lines(const Answered& done, const TextStyle& style) {
  std::string text = note_line(counted(done.rooms.size(), "room", "rooms"), style);
  for (const RoomEntry& entry : done.rooms) {
    text += fmt::format(
        "  {:<16}  {}, {}{}{}\n", safe(entry.room), counted(entry.members, "member", "members"),
        counted(entry.last, "message", "messages"), entry.topic.empty() ? "" : "  ", safe(entry.topic));
  }
  return text;
}

std::string people_lines(const Answered& done, const TextStyle& style) {
  std::string text = note_line((done.room.empty() ? "online" : safe(room_label(done.room, style.user))) +
                                   ": " + counted(done.people.size(), "person", "people"),
                               style);
  for (const PersonEntry& entry : done.people) {
    text += fmt::format("  {:<16}  {}{}{}\n", safe(entry.name), safe(entry.state),
                        entry.display.empty() ? "" : "  ", safe(entry.display));
  }
  return text;
}

std::string history_end(const Answered& done, const TextStyle& style) {
  const std::string room = safe(room_label(done.room, style.user));
  if (done.files_only) {
    return note_line(done.shown_count == 0 ? "no files in " + room
                                           : counted(done.shown_count, "file", "files") + " in " + room +
                                                 "; /get NAME fetches one",
                     style);
  }
  if (done.shown_count == 0) return note_line("nothing to show of " + room, style);
  if (done.first_shown > done.oldest && done.first_shown > 1)
    return note_line(
        fmt::format("end of this page; older ones: /history {} before={}", room, done.first_shown), style);
  return note_line("end of the history of " + room, style);
}

std::string show(const Answered& done, const TextStyle& style) {
  if (done.refusal) return coloured(render(*done.refusal), kRed, style) + "\n";
  const std::string room = safe(room_label(done.room, style.user));
  switch (done.verb) {
    case Verb::join:
      return note_line(
          fmt::format("joined {}: {}, {} so far{}", room, counted(done.members, "member", "members"),
                      counted(done.last, "message", "messages"),
                      done.text.value_or("").empty() ? "" : "; topic: " + safe(*done.text)),
          style);
    case Verb::part: return note_line("left " + room, style);
    case Verb::rooms: return room_lines(done, style);
    case Verb::who: return people_lines(done, style);
    case Verb::topic:
      return note_line(done.text.value_or("").empty() ? room + " has no topic"
                                                      : "topic of " + room + ": " + safe(*done.text),
                       style);
    case Verb::history: return history_end(done, style);
    case Verb::put:
      return note_line(fmt::format("sent {} ({}, SHA-256 verified by the server)", safe(done.name),
                                   counted(done.size, "byte", "bytes")),
                       style);
    case Verb::get:
      return note_line(fmt::format("received {} ({}, SHA-256 verified), saved as {}", safe(done.name),
                                   counted(done.size, "byte", "bytes"), safe(done.path)),
                       style);
    case Verb::ping:
      return note_line(fmt::format("answer after {:.1f} ms", static_cast<double>(done.took.count()) / 1e6),
                       style);
    case Verb::help: {
      std::string text;
      for (const std::string& line : done.lines) text += "  " + safe(line) + "\n";
      return text;
    }
    default: return {};
  }
}

}  // namespace

std::string room_label(const std::string& room, const std::string& user) {
  const auto both = parse_conversation(room);
  if (!both) return room;
  return "@" + std::string(both->first == user ? both->second : both->first);
}

std::string render(const Refusal& refusal) {
  if (refusal.code == 0) return "! " + safe(refusal.text);
  return fmt::format("! {} {}: {}", refusal.code, safe(refusal.name), safe(refusal.text));
}

std::string render(const Event& event, const TextStyle& style) {
  return std::visit([&style](const auto& one) { return show(one, style); }, event);
}

std::string progress_bar(const TransferProgress& progress) {
  constexpr std::uint64_t width = 20;
  const std::uint64_t total = std::max<std::uint64_t>(progress.total, 1);
  const std::uint64_t done = progress.total == 0 ? 1 : std::min(progress.done, progress.total);
  const double part = static_cast<double>(done) / static_cast<double>(total);
  const auto full = static_cast<std::size_t>(part * static_cast<double>(width));
  return fmt::format("{}{}  [{}{}] {:3.0f} %  {} of {}", progress.hashing ? "hashing " : "",
                     safe(progress.name), std::string(full, '#'), std::string(width - full, '.'), part * 100,
                     bytes_text(progress.done), bytes_text(progress.total));
}

std::string expectable_text(const Event& event) {
  if (const auto* message = std::get_if<MessageCame>(&event)) return message->own ? "" : message->text;
  if (const auto* file = std::get_if<FileCame>(&event)) return file->own ? "" : file->name + " " + file->file;
  if (std::holds_alternative<PersonChanged>(event) || std::holds_alternative<TopicSet>(event) ||
      std::holds_alternative<NoticeCame>(event) || std::holds_alternative<MessagesMissed>(event))
    return render(event, TextStyle{});
  return {};
}

}  // namespace plaintalk::messenger::client
