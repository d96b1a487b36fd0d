// Reads the parts of frames that the joins need into requests and replies, and renders a frame's arguments
// for pdus.csv without its secrets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/talk/request_matcher.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::analyzer {

// A secret as it is shown: as it is when asked for, else stars that tell not even its length.
std::string shown_secret(std::string_view secret, bool show_secrets);

// The tokens of the line in order; the value of token= only when asked for.
std::string render_arguments(const Frame& frame, bool show_secrets);

// Upper case when known, else as it was sent.
std::string_view verb_of(const Frame& frame);

std::optional<std::uint64_t> number_parameter(const Frame& frame, std::string_view key);
std::optional<std::uint64_t> number_argument(const Frame& frame, std::size_t index);
// Unescaped; as it is when it cannot be.
std::string text_argument(const Frame& frame, std::size_t index);
std::string text_parameter(const Frame& frame, std::string_view key);

// A hash that tells bodies apart. Only ever compared within one run.
std::uint64_t hash_of(std::string_view bytes);

Request read_request(const Frame& frame, Moment first, Moment last, bool show_secrets);
// REQUIRES: is_reply(frame.verb).
Reply read_reply(const Frame& frame, Moment first, Moment last, bool show_secrets);
bool is_reply(Verb verb);
// False for PONG and CREDIT, which nothing answers.
bool is_answered(Verb verb);

}  // namespace plaintalk::analyzer
