// Text that fits a terminal's width, counted in code points (the demo's own texts have no wide characters).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::demo {

std::size_t width_of(std::string_view text);

// The text itself, or as much of it as fits with "..." after it. Never cuts inside a character.
std::string cut_to_width(std::string text, std::size_t width);

// Lines of at most `width`, broken at spaces; a longer word stays whole.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace plaintalk::demo
