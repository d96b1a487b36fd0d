// page.css and page.js, as they are.
#pragma once

#include <string_view>

namespace plaintalk::analyzer {

std::string_view page_style();
std::string_view page_script();

}  // namespace plaintalk::analyzer
