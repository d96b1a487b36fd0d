#include "base/internet_checksum.hpp"

#include <random>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace plaintalk {
namespace {

TEST(InternetChecksum, AgreesWithTheExampleOfRfc1071) {
  EXPECT_EQ(ones_complement_sum(as_bytes(std::string_view("\x00\x01\xF2\x03\xF4\xF5\xF6\xF7", 8))), 0xDDF2);
}

TEST(InternetChecksum, OfAnySizeIsWhatTheDefinitionSays) {
  std::mt19937 random(7);
  for (std::size_t size = 0; size < 200; ++size) {
    std::vector<std::uint8_t> bytes(size);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    std::uint32_t expected = 0;
    for (std::size_t at = 0; at < size; at += 2)
      expected += std::uint32_t{bytes[at]} << 8 | (at + 1 < size ? bytes[at + 1] : 0U);
    while (expected > 0xffff) expected = (expected & 0xffff) + (expected >> 16);
    ASSERT_EQ(ones_complement_sum(bytes), expected) << size;
  }
}

}  // namespace
}  // namespace plaintalk
