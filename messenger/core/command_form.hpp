// Whether a command has only what its form in HELP says: a parameter, an argument or a text that the server
// would drop in silence may be the one thing that the client cared for.
#pragma once

#include "messenger/core/replies.hpp"

namespace plaintalk::messenger::core {

// 400 for a parameter that the command does not have (its name is told, and which one may have been meant),
// for more arguments than it takes, and for text behind one that takes none. Parameters whose name starts
// with "x-" are nobody's business (docs/PROTOCOL.md, section 2).
Answer check_form(const Frame& frame);

}  // namespace plaintalk::messenger::core
