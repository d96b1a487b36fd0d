// Numbers as people in several countries write them: 1,234,567  1.234.567  1 234 567  1'234  0x4d2
// 12,5  1.5e3.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::labs {

struct NumberReading {
  std::vector<double> values;  // more than one when it can be meant in two ways: 1,234; none: no number
  std::string rest;            // what follows it, trimmed: a unit
};

NumberReading read_number(std::string_view text);

}  // namespace plaintalk::labs
