#include "analyzer/report/happenings.hpp"

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

std::string render_happening(const Happening& happening) {
  const std::string when = render_utc(happening.time).substr(11, 12);
  const std::string connection =
      "connection " + std::to_string(static_cast<std::uint64_t>(happening.connection));
  const std::string who = happening.who.empty() ? "somebody" : terminal_safe(happening.who);
  const std::string room = terminal_safe(happening.room);
  std::string what;
  switch (happening.kind) {
    case Happening::Kind::login:
      what = who + " logged in" + (happening.text.empty() ? "" : " as a " + shown(happening.text)) + " on " +
             connection;
      break;
    case Happening::Kind::refused_login:
      what = who + " was refused (" + shown(happening.text) + ") on " + connection;
      break;
    case Happening::Kind::joined: what = who + " is in " + room; break;
    case Happening::Kind::parted: what = who + " left " + room; break;
    case Happening::Kind::message: what = room + "  " + who + ": " + shown(happening.text); break;
    case Happening::Kind::file: what = room + "  " + who + " sent the file " + shown(happening.text); break;
    case Happening::Kind::ended:
      if (happening.who.empty()) return {};
      what = who + "'s " + connection + " ended";
      break;
  }
  return when + ' ' + what + '\n';
}

}  // namespace plaintalk::analyzer
