// One line of PLAINTALK/1 taken apart (docs/PROTOCOL.md, section 2). Private to protocol/: everybody else
// reads through FrameDecoder, which adds the stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/frame.hpp"

namespace plaintalk {

struct LineFault {
  DecodeError::Code code{};
  std::size_t index = 0;  // in the line, of the first byte that is wrong
};

struct LineResult {
  std::optional<LineFault> fault;
  std::size_t announced_size = 0;   // of a counted body, when frame.body_kind says so
  std::size_t announced_index = 0;  // of its '{' in the line
};

// Fills verb, tokens, body_kind and an inline body of `frame`. `line` comes without its CR LF and is not
// blank. After a fault the frame holds nothing useful.
LineResult parse_line(std::string_view line, std::size_t body_size_max, Frame& frame);

// "GET / HTTP/1.1" and its like: a method, a target, HTTP/ and a version, and no more.
bool is_http_request(std::string_view line);
bool is_http_host_header(std::string_view line);

}  // namespace plaintalk
