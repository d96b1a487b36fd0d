// As many connections as the file descriptors allow.
#include "messenger/net/descriptor_limit.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace plaintalk::messenger::test {
namespace {

std::size_t allowed_by(std::size_t descriptor_count) {
  ServerConfig config;
  config.connection_count_max = std::nullopt;
  EXPECT_NE(fit_connections(config, descriptor_count), "");
  return config.connection_count_max.value_or(0);
}

TEST(DescriptorLimit, LowersOnlyWhatDoesNotFitAndSaysSo) {
  for (const std::size_t descriptors : {64U, 1024U, 5000U}) {
    const std::size_t allowed = allowed_by(descriptors);
    EXPECT_LT(allowed, descriptors);
    for (const std::size_t wanted : {allowed - 1, allowed, allowed + 1}) {
      ServerConfig config;
      config.connection_count_max = wanted;
      const std::string note = fit_connections(config, descriptors);
      EXPECT_EQ(config.connection_count_max, std::min(wanted, allowed));
      EXPECT_EQ(note.empty(), wanted <= allowed) << wanted << ' ' << note;
    }
  }
}

TEST(DescriptorLimit, LeavesOneConnectionWhateverThereIs) {
  for (const std::size_t descriptors : {0U, 1U, 32U, 33U}) EXPECT_EQ(allowed_by(descriptors), 1U);
}

}  // namespace
}  // namespace plaintalk::messenger::test
