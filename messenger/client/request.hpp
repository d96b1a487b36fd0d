// One thing a person or a program asks of the client: a message to say, a room to join, a file to fetch.
//
// Front ends make requests from typed lines or JSON; ClientSession turns each into frames, repeats it after a
// lost connection, and answers it with exactly one Answered event.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "protocol/verb.hpp"

namespace plaintalk::messenger::client {

// Counts requests from 1 for the life of a session.
enum class RequestId : std::uint64_t {};

struct Request {
  // say, join, part, rooms, who, topic, history, put (send a file), get, cancel (a transfer), away, ping,
  // help, quit.
  Verb verb = Verb::unknown;
  std::string target{};               // "#room", "@account", or the name or handle of a file
  std::optional<std::string> text{};  // message, topic, away text, ping text, verb of HELP, reason of QUIT
  std::string path{};                 // put: the file to read
  std::string near{};                 // get: "#room" or "@account" whose history has its name, probably
  std::optional<std::uint64_t> before{};
  std::optional<std::uint64_t> after{};
  std::size_t limit = 0;    // history: 0 leaves it to the server
  bool files_only = false;  // history: show the files of the page, not its messages
};

// Appends the frame of `request`; `wire_id` is the id= of a message and empty otherwise. `counted` keeps a
// text that would fit out of the line. PUT is written by Upload.
void encode(const Request& request, const std::string& wire_id, std::string& out, bool counted = false);

}  // namespace plaintalk::messenger::client
