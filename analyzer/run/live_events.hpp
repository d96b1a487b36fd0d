// One readable line for each thing that happens, for a person who watches a live capture. Safe for a terminal
// whatever the packets say.
#pragma once

#include <string>

#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer {

// "12:01:02.345 #lab  alice: hello" and a line end; empty when there is nothing worth saying.
std::string render_live_event(const LiveEvent& live_event);

}  // namespace plaintalk::analyzer
