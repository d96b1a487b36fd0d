// Draws documents of figures in a process of its own (plaintalk-draw), which is ended when it takes too much:
// a figure that cannot be drawn has its error, and the others are drawn all the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace plaintalk::analyzer {

struct FigureStyle {
  double width = 605;  // in pixels of 1/96 inch: 160 mm
  double height = 360;
  std::string font = "DejaVu Sans, Verdana, sans-serif";
  double font_size = 11;  // in pixels
  bool dark = false;
  // Only what belongs to them is drawn; empty: everything.
  std::string person{};
  std::string room{};
  std::string connection{};
  std::string from{};  // in the unit of the figure's column of time
  std::string to{};
};

enum class PictureFormat : std::uint8_t { svg, png, pdf };

struct Drawing {
  std::string picture{};  // the bytes of the file
  std::string error{};    // why there are none
};

struct DrawLimits {
  Nanoseconds time = std::chrono::seconds(60);   // of one figure, by the clock
  std::size_t size_max = std::size_t{64} << 20;  // of one picture
};

// One drawing for each document, in their order. `scale`: pixels of a PNG for each of the style's. Throws
// std::runtime_error when plaintalk-draw cannot be started.
std::vector<Drawing> draw(const std::vector<std::string>& documents, const FigureStyle& style,
                          PictureFormat format = PictureFormat::svg, double scale = 1,
                          const DrawLimits& limits = {});

}  // namespace plaintalk::analyzer
