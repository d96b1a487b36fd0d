#include "analyzer/run/live_events.hpp"

#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kTextSizeMax = 400;

std::string shown(std::string_view text) {
  const bool cut = text.size() > kTextSizeMax;
  if (cut) text = text.substr(0, utf8_prefix_size(text.substr(0, kTextSizeMax)));
  return terminal_safe(text) + (cut ? "..." : "");
}

}  // namespace

std::string render_live_event(const LiveEvent& live_event) {
  // A line a message is enough, and an old page that is replayed is none.
  if (live_event.may_be_replay) return {};
  const std::string when = render_utc(live_event.time).substr(11, 12);
  const std::string connection =
      "connection " + std::to_string(static_cast<std::uint64_t>(live_event.connection));
  const std::string who = live_event.who.empty() ? "somebody" : terminal_safe(live_event.who);
  const std::string room = terminal_safe(live_event.room);
  std::string what;
  switch (live_event.kind) {
    case LiveEvent::Kind::login:
      what = who + " logged in" + (live_event.text.empty() ? "" : " as a " + shown(live_event.text)) +
             " on " + connection;
      break;
    case LiveEvent::Kind::refused_login:
      what = who + " was refused (" + shown(live_event.text) + ") on " + connection;
      break;
    case LiveEvent::Kind::joined: what = who + " is in " + room; break;
    case LiveEvent::Kind::parted: what = who + " left " + room; break;
    case LiveEvent::Kind::message: what = room + "  " + who + ": " + shown(live_event.text); break;
    case LiveEvent::Kind::file: what = room + "  " + who + " sent the file " + shown(live_event.text); break;
    case LiveEvent::Kind::ended:
      if (live_event.who.empty()) return {};
      what = who + "'s " + connection + " ended";
      break;
    case LiveEvent::Kind::copy:
    case LiveEvent::Kind::said: return {};
  }
  return when + ' ' + what + '\n';
}

}  // namespace plaintalk::analyzer
