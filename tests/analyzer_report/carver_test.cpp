#include "analyzer/run/carver.hpp"

#include <gtest/gtest.h>

#include "tests/analyzer_report/model.hpp"

namespace plaintalk::analyzer {
namespace {

class CarverTest : public testing::Test {
 protected:
  TemporaryFolder folder;
  AnalysisFolder out{folder / "out"};
  Carver carver{out};
};

TEST_F(CarverTest, NamesAFileByItsContentInWhateverOrderItCame) {
  EXPECT_EQ(carver.write(1, 4, "efgh"), ContentStore::Written::stored);
  EXPECT_EQ(carver.write(2, 0, "other"), ContentStore::Written::stored);
  EXPECT_EQ(carver.write(1, 0, "abcd"), ContentStore::Written::stored);
  const auto outcome = carver.finish(1, 8);
  EXPECT_EQ(outcome.sha256, hex(sha256("abcdefgh")));
  EXPECT_EQ(outcome.path, "files/" + outcome.sha256);
  EXPECT_EQ(read_text(folder / "out/" + outcome.path), "abcdefgh");
}

// Nothing is claimed about bytes that nobody saw: no hash of the whole, no byte beyond the last one seen.
TEST_F(CarverTest, KeepsAMapOfTheHoles) {
  carver.write(1, 4, "efgh");
  const auto outcome = carver.finish(1, 10);
  EXPECT_EQ(outcome.sha256, "");
  EXPECT_EQ(outcome.path, "files/" + hex(sha256("4 8\nefgh10 10\n")) + ".partial");
  EXPECT_EQ(read_text(folder / "out/" + outcome.path), std::string(4, '\0') + "efgh");
  EXPECT_EQ(read_text(folder / "out/" + outcome.path + ".holes"), "0 4\n8 10\n");
  out.commit();
  EXPECT_TRUE(std::filesystem::exists(folder / "out/" + outcome.path + ".holes"));
}

// Goal: a few bytes from a stranger cost neither time nor a file of 256 MiB.
// Method: one byte far out; the largest file on the way and what is left afterwards.
TEST_F(CarverTest, DropsAByteBehindAHugeHole) {
  for (std::uint64_t file = 1; file <= 40; ++file) {
    EXPECT_EQ(carver.write(file, 268'435'000, "x"), ContentStore::Written::stored);
    const auto outcome = carver.finish(file, 268'435'001);
    EXPECT_EQ(outcome.path, "");
    EXPECT_EQ(outcome.sha256, "");
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder / "out/files"));
}

TEST_F(CarverTest, KeepsTheFirstOfTwoContentsAndTells) {
  carver.write(1, 0, "abcd");
  EXPECT_EQ(carver.write(1, 2, "cdef"), ContentStore::Written::stored);
  EXPECT_EQ(carver.write(1, 0, "aXcd"), ContentStore::Written::differs);
  EXPECT_EQ(carver.finish(1, 6).sha256, hex(sha256("abcdef")));
}

TEST_F(CarverTest, RefusesOffsetsFarOutAndDropsWhatIsMostlyHoles) {
  EXPECT_EQ(carver.write(1, Carver::kFileSizeMax, "x"), ContentStore::Written::refused);
  EXPECT_EQ(carver.write(1, ~std::uint64_t{0}, "x"), ContentStore::Written::refused);
  carver.write(2, 0, "x");
  const auto outcome = carver.finish(2, Carver::kHoleSizeMax + 2);
  EXPECT_TRUE(outcome.path.empty());
  EXPECT_TRUE(carver.finish(3, ~std::uint64_t{0}).path.empty());
}

TEST_F(CarverTest, GivesTwoFilesOfTheSameContentOneName) {
  carver.write(1, 0, "same");
  carver.write(2, 0, "same");
  EXPECT_EQ(carver.finish(1, 4).path, carver.finish(2, 4).path);
}

TEST_F(CarverTest, CarvesAnEmptyFile) {
  const auto outcome = carver.finish(1, 0);
  EXPECT_EQ(outcome.sha256, hex(sha256("")));
  EXPECT_TRUE(std::filesystem::exists(folder / "out/" + outcome.path));
}

TEST_F(CarverTest, ReplacesALinkThatBearsTheNameInsteadOfFollowingIt) {
  write_text(folder / "victim", "safe");
  const std::string name = hex(sha256("abcd"));
  carver.write(1, 0, "ab");
  std::filesystem::create_symlink(folder / "victim", folder / "out/files/" + name);
  carver.write(1, 2, "cd");
  carver.finish(1, 4);
  EXPECT_EQ(read_text(folder / "victim"), "safe");
  EXPECT_FALSE(std::filesystem::is_symlink(folder / "out/files/" + name));
}

}  // namespace
}  // namespace plaintalk::analyzer
