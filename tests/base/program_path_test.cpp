#include "base/program_path.hpp"

#include <gtest/gtest.h>

namespace plaintalk {
namespace {

TEST(FindProgram, LooksBesideThisProgramThenOnThePath) {
  const auto own = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_EQ(find_program(own.filename().string()), own);
  const auto shell = find_program("sh");
  ASSERT_TRUE(shell);
  EXPECT_TRUE(shell->is_absolute());
  EXPECT_EQ(shell->filename(), "sh");
  EXPECT_EQ(find_program("plaintalk-no-such-program"), std::nullopt);
}

}  // namespace
}  // namespace plaintalk
