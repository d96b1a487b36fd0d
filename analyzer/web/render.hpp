// What goes to a browser, as JSON. docs/LIVE.md names every member.
#pragma once

#include <string>

#include "analyzer/web/live_state.hpp"

namespace plaintalk::analyzer::web {

std::string render_json(const Update& update);
std::string render_json(const EntryPage& page);
std::string render_json(const FramePage& page);

}  // namespace plaintalk::analyzer::web
