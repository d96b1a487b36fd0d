// What commands of chats are usually called.
#pragma once

#include <string>
#include <string_view>

namespace plaintalk::analyzer {

// The name of a meaning (docs/PROTOCOLS.md), whatever the case; "" when the word tells nothing.
std::string known_meaning(std::string_view word);

}  // namespace plaintalk::analyzer
