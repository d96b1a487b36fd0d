// A figure as a file for a document: size, font and kind of picture as people write them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/figures/draw.hpp"

namespace plaintalk::analyzer {

// "160mm", "16cm", "6.3in", "800" or "800px", in pixels of 1/96 inch. Nullopt when it is none of these, or
// not between 200 and 10,000 pixels.
struct Length {
  double pixels = 0;
  bool is_on_paper = false;  // given in mm, cm or in
};
std::optional<Length> parse_length(std::string_view text);

// By the ending: .svg, .png or .pdf.
std::optional<PictureFormat> picture_format(const std::filesystem::path& path);

// Writes the file as a whole or not at all. What stands there is replaced if it is such a picture; anything
// else is left alone, and std::runtime_error says so.
void write_picture(const std::filesystem::path& path, PictureFormat format, const std::string& picture);

}  // namespace plaintalk::analyzer
