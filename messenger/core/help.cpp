#include "messenger/core/help.hpp"

#include <array>

namespace plaintalk::messenger::core {
namespace {

constexpr std::array<HelpEntry, 23> kEntries = {{
    {Verb::help, "HELP [verb]", "lists the commands, or explains one"},
    {Verb::login, "LOGIN name [device=d] [display=text] [token=T] [:password]",
     "logs in: with a password, with the token of an earlier OK, or as a guest with neither"},
    {Verb::register_, "REGISTER name [device=d] [display=text] :password", "creates an account and logs in"},
    {Verb::ping, "PING [:text]", "answered by PONG after everything that came before it"},
    {Verb::pong, "PONG [:text]", "answers a PING of the server"},
    {Verb::away, "AWAY [:text]", "with a text: you are away; without: you are back"},
    {Verb::quit, "QUIT [:reason]", "says goodbye and closes the connection"},
    {Verb::rooms, "ROOMS", "lists the rooms"},
    {Verb::join, "JOIN #room", "enters a room and makes it if need be"},
    {Verb::part, "PART #room [:text]", "leaves a room"},
    {Verb::who, "WHO [#room|@user]", "lists who is in a room, where a person is online, or everybody"},
    {Verb::topic, "TOPIC #room [:text]", "shows the topic of a room, or sets it"},
    {Verb::say, "SAY #room|@user [id=x] :text",
     "sends a message; with id= it may be repeated safely; {N} instead of :text for N bytes"},
    {Verb::history, "HISTORY #room|@user [after=n|before=n] [limit=k]",
     "shows older messages, then END; limit is 1 to 256"},
    {Verb::sync, "SYNC #room|@user [after=n] [limit=k]",
     "enters a room and shows what came after message n, then END"},
    {Verb::put, "PUT name size sha256=h to=#room|@user", "begins or resumes sending a file"},
    {Verb::data, "DATA file offset {N}", "one chunk of a file, answered by ACK"},
    {Verb::done, "DONE file", "ends an upload: the server checks the SHA-256 and announces the file"},
    {Verb::stat, "STAT file", "tells how much of a file the server has"},
    {Verb::get, "GET file [from=offset] [credit=bytes]", "fetches a file"},
    {Verb::credit, "CREDIT file bytes", "allows the server to send that many more bytes of a file"},
    {Verb::cancel, "CANCEL file", "gives up one's own upload, or a running download"},
    {Verb::unknown, "a line is VERB arguments key=value :text", "and ends in LF; see docs/PROTOCOL.md"},
}};

}  // namespace

std::span<const HelpEntry> help_entries() { return std::span(kEntries).first(kEntries.size() - 1); }

std::string_view form_of(Verb verb) {
  for (const HelpEntry& entry : kEntries)
    if (entry.verb == verb) return entry.form;
  return kEntries.back().form;
}

}  // namespace plaintalk::messenger::core
