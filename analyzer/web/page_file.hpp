// The files of the page, built into the program: nothing is read from a disk when they are asked for.
#pragma once

#include <string_view>

namespace plaintalk::analyzer::web {

struct PageFile {
  std::string_view name;  // "": the page itself
  std::string_view content_type;
  std::string_view bytes;
};

// nullptr: there is none of that name.
const PageFile* find_page_file(std::string_view name);

}  // namespace plaintalk::analyzer::web
