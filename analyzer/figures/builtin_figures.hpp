// The descriptions of the figures that are built in.
#pragma once

#include <string_view>
#include <vector>

namespace plaintalk::analyzer {

struct BuiltinFigure {
  std::string_view name;
  std::string_view text;
};
const std::vector<BuiltinFigure>& builtin_figure_texts();

}  // namespace plaintalk::analyzer
