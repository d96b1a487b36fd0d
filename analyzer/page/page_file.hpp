// A page as a file that somebody names.
#pragma once

#include <string>
#include <string_view>

namespace plaintalk::analyzer {

// Readable by its owner only, and there as a whole or not at all. A page of before is replaced; throws
// std::runtime_error when another file has that name, or it cannot be written.
void write_page_file(const std::string& path, std::string_view html);

}  // namespace plaintalk::analyzer
