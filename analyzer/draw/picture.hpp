// Pictures of an SVG, by librsvg and cairo. Nothing outside of the text is loaded, whatever it refers to.
#pragma once

#include <string>

namespace plaintalk::analyzer {

// A PNG with `scale` pixels for each of the SVG's. Throws std::runtime_error when the SVG cannot be drawn or
// the picture would have more than 20,000 pixels a side or 100 million together.
std::string png_of(const std::string& svg, double scale);
// A PDF with one page of the SVG's size: a pixel is 1/96 inch.
std::string pdf_of(const std::string& svg);

}  // namespace plaintalk::analyzer
