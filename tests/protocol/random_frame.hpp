// Frames made from a seed: the same seed gives the same frames on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/frame.hpp"

namespace plaintalk::testing {

struct RandomFrame {
  Verb verb = Verb::unknown;
  std::vector<std::string> tokens;  // as they are to be read again
  bool has_body = false;
  std::string body;
};

class FrameGenerator {
 public:
  explicit FrameGenerator(std::uint64_t seed) : state_(seed) {}

  RandomFrame frame();
  // Damages some bytes.
  std::string mutate(std::string stream);
  // Below `end`, which is not 0.
  std::size_t pick(std::size_t end);

 private:
  std::string token();
  std::string text();
  std::string bytes();

  std::uint64_t state_;
};

std::string encode(const RandomFrame& frame);

}  // namespace plaintalk::testing
