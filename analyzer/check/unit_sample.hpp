// The units of sampled conversations, taken apart by a framing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analyzer/check/conversation_sample.hpp"
#include "analyzer/talk/described/framer.hpp"

namespace plaintalk::analyzer {

struct UnitSample {
  std::vector<std::string> client;
  std::vector<std::string> server;
};

inline constexpr std::size_t kUnitSampleCountMax = 2000;  // of one direction

inline std::vector<std::string> units_of(const described::Framing& framing, const StreamSample& stream) {
  std::vector<std::string> units;
  described::Framer framer(framing, stream.is_broken);
  const auto take = [&] {
    while (const auto unit = framer.next())
      if (unit->status == "ok" && units.size() < kUnitSampleCountMax) units.emplace_back(unit->content);
  };
  std::size_t begin = 0;
  for (const std::size_t end : stream.segment_ends) {
    framer.feed(std::string_view(stream.bytes).substr(begin, end - begin), {});
    take();
    begin = end;
  }
  if (!stream.is_cut) framer.end();
  take();
  return units;
}

}  // namespace plaintalk::analyzer
