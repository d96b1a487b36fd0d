// What a student pasted, as it was meant: from a web page, a chat or an editor come no-break spaces,
// invisible characters, full-width letters and typographic minus signs, which nobody sees and no comparison
// forgives.
#pragma once

#include <string>
#include <string_view>

namespace plaintalk::labs {

// Blanks of all kinds as a space, invisible and control characters left out, full-width ASCII and the minus
// sign as ASCII. Line ends and tabs stay; what is no UTF-8 stays as it is.
std::string without_invisible(std::string_view text);

}  // namespace plaintalk::labs
