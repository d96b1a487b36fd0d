// What HELP says, and the right form of each command for those who got it wrong.
#pragma once

#include <span>
#include <string_view>

#include "protocol/verb.hpp"

namespace plaintalk::messenger::core {

struct HelpEntry {
  Verb verb;
  std::string_view form;    // how to write it
  std::string_view effect;  // what it does, in one line
};

// All commands, in the order in which HELP lists them.
std::span<const HelpEntry> help_entries();
// How to write `verb`; for a verb that is no command, where to look.
std::string_view form_of(Verb verb);

}  // namespace plaintalk::messenger::core
