// A filter over the packets of an analysis, in the manner of Wireshark's display filters:
//
//   user == alice && room == #lab
//   (verb == SAY || verb == MSG) && text contains "see you"
//   port == 7777 && !(flags == ACK)
//
//   filter     = any
//   any        = all *( "||" all )
//   all        = one *( "&&" one )
//   one        = "!" one / "(" any ")" / field comparison value
//   comparison = "==" / "!=" / "<" / "<=" / ">" / ">=" / "contains"
//
// A packet is selected when one of the frames of which it carries bytes has everything that is asked for.
// What a packet does not have is neither equal nor unequal to anything, as in Wireshark: room != #lab leaves
// out what is about no room, !(room == #lab) does not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace plaintalk::analyzer {

struct Filter {
  std::string condition;  // SQL, true or false and never NULL, with a ? for each of `values`
  std::vector<std::variant<double, std::string>> values;
  bool asks_frames = false;    // it has fields of `u`
  bool asks_findings = false;  // it has fields of `f`
};

// An empty one selects everything. Throws FilterError that says what is wrong, where, and what there is.
Filter parse_filter(std::string_view text);

}  // namespace plaintalk::analyzer
