// Which framing the streams of one port show, and why.
#pragma once

#include <string>
#include <vector>

#include "analyzer/check/conversation_sample.hpp"
#include "analyzer/talk/described/description.hpp"

namespace plaintalk::analyzer {

struct FramingGuess {
  described::Framing framing;
  std::string toml;       // the part [framing]
  std::string why;        // in words
  std::string certainty;  // "nearly certain", "likely", "a guess"
};

FramingGuess guess_framing(const std::vector<ConversationSample>& conversations);

}  // namespace plaintalk::analyzer
