#include "tests/tidy/tidy.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <unistd.h>

namespace plaintalk::tidy {
namespace {

namespace fs = std::filesystem;

TEST(Tidy, FindsNothingWrongInThisTree) {
  std::ifstream file(PLAINTALK_TIDY_INPUT);
  ASSERT_TRUE(file) << PLAINTALK_TIDY_INPUT << " is missing: configure again";
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const fs::path root = PLAINTALK_SOURCE_DIR;
  const Input input = parse_input(text, root);
  EXPECT_GE(input.layers.size(), 10u);
  ASSERT_TRUE(input.layers.contains("protocol"));
  EXPECT_EQ(input.layers.at("protocol").uses, std::set<std::string>{"base"});
  for (const Problem& problem : check_tree(root, input)) ADD_FAILURE() << render(problem);
}

// A source tree in a temporary folder, with two layers in order: high uses base.
class FakeTree : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("plaintalk-tidy-" + std::to_string(getpid()));
    fs::remove_all(root_);
    input_.layers["base"] = {"base", {}};
    input_.layers["protocol"] = {"protocol", {"base"}};
    input_.layers["messenger_core"] = {"messenger/core", {"protocol"}};
    input_.targets["plaintalk_base"] = {{}, {}};
    input_.targets["plaintalk_protocol"] = {{"base"}, {}};
    input_.targets["plaintalk_messenger_core"] = {{"protocol"}, {}};
    input_.targets["plaintalk-server"] = {{"messenger_core"}, {}};
    add("plaintalk_base", "base/low.hpp", "#pragma once\n");
    add("plaintalk_protocol", "protocol/middle.hpp", "#include \"base/low.hpp\"\n");
    add("plaintalk_messenger_core", "messenger/core/high.cpp", "#include \"protocol/middle.hpp\"\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  void add(const std::string& target, const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << text;
    if (!target.empty()) input_.targets[target].sources.push_back(path);
  }
  std::vector<std::string> problems() const {
    std::vector<std::string> lines;
    for (const Problem& problem : check_tree(root_, input_)) lines.push_back(render(problem));
    return lines;
  }
  // Exactly one problem, whose text has `what` in it.
  void expect_only(const std::string& what) const {
    const auto found = problems();
    ASSERT_EQ(found.size(), 1u) << ::testing::PrintToString(found);
    EXPECT_NE(found.front().find(what), std::string::npos) << found.front();
  }

  fs::path root_;
  Input input_;
};

TEST_F(FakeTree, IsTidyToBeginWith) { EXPECT_EQ(problems(), std::vector<std::string>{}); }

TEST_F(FakeTree, CatchesAnIncludeUpwards) {
  add("plaintalk_base", "base/bad.cpp", "\n#include \"protocol/middle.hpp\"\n");
  expect_only("base/bad.cpp:2: includes protocol/middle.hpp, but its USES does not name protocol");
}

TEST_F(FakeTree, CatchesAnIncludeThatOnlyATransitiveUseWouldAllow) {
  add("plaintalk_messenger_core", "messenger/core/bad.cpp", "#include \"base/low.hpp\"\n");
  expect_only("USES does not name base");
}

TEST_F(FakeTree, LetsAProgramIncludeWhatItsLayersUse) {
  add("plaintalk-server", "messenger/core/server_main.cpp", "#include \"base/low.hpp\"\nint main() {}\n");
  EXPECT_EQ(problems(), std::vector<std::string>{});
}

TEST_F(FakeTree, CatchesAnIncludeThatIsNotFromTheRoot) {
  add("plaintalk_base", "base/bad.cpp", "#include \"low.hpp\"\n");
  expect_only("by its path from the root");
}

TEST_F(FakeTree, CatchesATestHeaderInASource) {
  add("plaintalk_base", "tests/helper.hpp", "");
  add("plaintalk_base", "base/bad.cpp", "#include \"tests/helper.hpp\"\n");
  expect_only("only tests include tests");
}

TEST_F(FakeTree, CatchesALibraryInTheWrongFolder) {
  add("plaintalk_base", "base/bad.cpp", "#include <boost/asio.hpp>\n");
  expect_only("<boost/asio.hpp> has no place");
  EXPECT_FALSE(may_include_third_party("messenger/core/x.cpp", "fmt/format.h"));
  EXPECT_FALSE(may_include_third_party("analyzer/wire/x.cpp", "pcap/pcap.h"));
  EXPECT_TRUE(may_include_third_party("capture/live/x.cpp", "pcap/pcap.h"));
  EXPECT_TRUE(may_include_third_party("base/x.cpp", "vector"));
}

TEST_F(FakeTree, CatchesACycleOfLayers) {
  input_.layers["base"].uses = {"protocol"};
  const auto found = problems();
  ASSERT_FALSE(found.empty());
  EXPECT_NE(found.front().find("uses itself in the end"), std::string::npos);
}

TEST_F(FakeTree, CatchesTwoFilesThatIncludeEachOther) {
  add("plaintalk_base", "base/a.hpp", "#include \"base/b.hpp\"\n");
  add("plaintalk_base", "base/b.hpp", "#include \"base/a.hpp\"\n");
  expect_only("base/a.hpp:0: includes itself in the end: base/a, base/b");
}

TEST_F(FakeTree, TakesAHeaderAndItsSourceForOne) {
  add("plaintalk_base", "base/a.hpp", "");
  add("plaintalk_base", "base/a.cpp", "#include \"base/a.hpp\"\n#include \"base/b.hpp\"\n");
  EXPECT_EQ(problems().size(), 0u) << "b does not exist yet, and a's own header is no cycle";
  add("plaintalk_base", "base/b.hpp", "#include \"base/low.hpp\"\n");
  add("plaintalk_base", "base/b.cpp", "#include \"base/c.hpp\"\n");
  add("plaintalk_base", "base/c.hpp", "#include \"base/low.hpp\"\n");
  EXPECT_EQ(problems(), std::vector<std::string>{});
  add("plaintalk_base", "base/c.cpp", "#include \"base/a.hpp\"\n");
  expect_only("base/a.cpp:0: includes itself in the end: base/a, base/b, base/c");
}

// Goal: each cycle is reported once, and what only leads to one or away from one is not named.
// Method: two cycles, one reached from the other, a way in and a way out.
TEST_F(FakeTree, ReportsEachCycleByItself) {
  add("plaintalk_base", "base/way_in.cpp", "#include \"base/a.hpp\"\n#include \"base/d.hpp\"\n");
  add("plaintalk_base", "base/a.hpp", "#include \"base/b.hpp\"\n");
  add("plaintalk_base", "base/b.hpp", "#include \"base/a.hpp\"\n#include \"base/c.hpp\"\n");
  add("plaintalk_base", "base/c.hpp", "#include \"base/d.hpp\"\n#include \"base/low.hpp\"\n");
  add("plaintalk_base", "base/d.hpp", "#include \"base/e.hpp\"\n");
  add("plaintalk_base", "base/e.hpp", "#include \"base/c.hpp\"\n");
  EXPECT_EQ(problems(),
            (std::vector<std::string>{"base/a.hpp:0: includes itself in the end: base/a, base/b",
                                      "base/c.hpp:0: includes itself in the end: base/c, base/d, base/e"}));
}

TEST_F(FakeTree, CatchesAnArrowBetweenMessengerAndAnalyzer) {
  input_.layers["analyzer_talk"] = {"analyzer/talk", {"messenger_core"}};
  expect_only("analyzer_talk must not reach messenger_core");
}

TEST_F(FakeTree, CatchesALayerThatDoesNotExist) {
  input_.layers["protocol"].uses.insert("nowhere");
  EXPECT_NE(::testing::PrintToString(problems()).find("no such layer: nowhere"), std::string::npos);
}

TEST_F(FakeTree, CatchesASourceWithoutATarget) {
  add("", "base/orphan.cpp", "");
  expect_only("base/orphan.cpp:0: belongs to no target");
}

TEST_F(FakeTree, CatchesAFileThatIsTooLong) {
  std::string text;
  for (std::size_t line = 0; line < kLineCountMax; ++line) text += "\n";
  add("plaintalk_base", "base/long.cpp", text);
  EXPECT_EQ(problems(), std::vector<std::string>{});
  add("", "base/longer.sql", text + "\n");
  expect_only("longer than 500 lines");
}

TEST_F(FakeTree, CatchesBannedWords) {
  const std::string unfinished =
      "FIX"
      "ME";
  add("plaintalk_base", "base/a.cpp", "// " + unfinished + "\n");
  add("plaintalk_base", "base/b.cpp",
      "// TO"
      "DO: later\n// TO"
      "DO(#12): later\n");
  add("plaintalk_base", "base/c.cpp", "std::cout << std::endl;\n");
  add("plaintalk_base", "base/d.cpp", "int x = atoi(text);\nint my_atoi_count;\n");
  add("plaintalk_base", "base/e.cpp", "using namespace std;\n");
  add("plaintalk_base", "base/f.cpp", "\nint main(int, char**) {}\n");
  add("", "base/g.sql",
      "-- /wor"
      "k/x\n");
  const auto found = problems();
  ASSERT_EQ(found.size(), 7u) << ::testing::PrintToString(found);
  const std::vector<std::string> starts = {"base/a.cpp:1", "base/b.cpp:1", "base/c.cpp:1", "base/d.cpp:1",
                                           "base/e.cpp:1", "base/f.cpp:2", "base/g.sql:1"};
  for (std::size_t index = 0; index < starts.size(); ++index)
    EXPECT_TRUE(found[index].starts_with(starts[index])) << found[index];
}

TEST_F(FakeTree, LeavesCommentsAndLiteralsAlone) {
  add("plaintalk_base", "base/a.cpp",
      "// never std::endl, never argv\nconst char* t = \"atoi(\\\"\"; /* using\nnamespace */ int n = 1'000;\n"
      "auto r = R\"x(using namespace a; )\")x\"; char q = '\"';\n");
  EXPECT_EQ(problems(), std::vector<std::string>{});
  EXPECT_EQ(code_only("a \"b\\\"\" c // d\ne"), "a       c     \ne");
}

}  // namespace
}  // namespace plaintalk::tidy
