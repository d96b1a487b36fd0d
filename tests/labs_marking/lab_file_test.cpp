// Whatever is wrong with a lab.toml, its teacher is told the line and what to write instead.
#include "labs/course/lab_file.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/toml_depth.hpp"
#include "labs/course/lab_network.hpp"

namespace plaintalk::labs {
namespace {

class LabFileTest : public ::testing::Test {
 protected:
  LabFileTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lab-file-XXXXXX").string();
    folder_ = std::filesystem::path(::mkdtemp(pattern.data())) / "42-answers";
    std::filesystem::create_directory(folder_);
  }
  ~LabFileTest() override { std::filesystem::remove_all(folder_.parent_path()); }

  LabFile read(const std::string& text) {
    std::ofstream(folder_ / "lab.toml") << text;
    return read_lab(folder_);
  }

  std::string only_fault(const std::string& text) {
    const LabFile file = read(text);
    EXPECT_EQ(file.faults.size(), 1U) << (file.faults.size() > 1 ? file.faults[1] : "");
    return file.faults.empty() ? "" : file.faults.front();
  }

  std::filesystem::path folder_;
};

constexpr const char* kHead =
    "title = \"T\"\nminutes = 30\nis_mine = \"SELECT 1\"\n"
    "[student]\nname = \"a\"\naddress = \"10.0.0.11\"\n";
constexpr const char* kQuestion =
    "[[question]]\nid = \"1\"\ntext = \"?\"\ntype = \"integer\"\nkey = \"SELECT 1\"\n"
    "hints = [\"a\", \"b\", \"c\"]\naccessible = \"x\"\nneeds = \"y\"\n";

TEST_F(LabFileTest, AWholeLab) {
  const LabFile file = read(
      std::string(kHead) + kQuestion +
      "[[question.mistake]]\nname = \"m\"\nkey = \"SELECT 2\"\nsays = \"no\"\n"
      "[variant]\nwho = { pick = [\"x\", \"y\"] }\nn = { integer = [1, 9] }\nw = { words = 2 }\n"
      "[[person]]\nname = \"{who}\"\naddress = \"10.0.0.12\"\nstarts_after = \"hi\"\nscript = \"/quit\"\n"
      "[[person]]\nname = \"s\"\naddress = \"10.0.0.13\"\ncommands = \"true\"\n"
      "[[program]]\nname = \"t\"\nstarts_after = \"ho\"\ncommands = \"false\"\n"
      "[[file]]\npath = \"a.bin\"\nsize = \"{n}\"\nfor_people = true\n"
      "[network]\ndelay_ms = 5\nrate_kbit_s = 100\nneeds_real_tcp = true\n");
  EXPECT_EQ(file.faults, std::vector<std::string>{});
  EXPECT_EQ(file.lab.id, "42");
  ASSERT_EQ(file.lab.questions.size(), 1U);
  EXPECT_EQ(file.lab.questions[0].mistakes.size(), 1U);
  EXPECT_EQ(file.lab.variant.size(), 3U);
  EXPECT_EQ(file.lab.people.at(0).starts_after, "hi");
  EXPECT_EQ(file.lab.people.at(1).commands, "true");
  EXPECT_EQ(file.lab.programs.at(0).starts_after, "ho");
  EXPECT_EQ(file.lab.programs.at(0).commands, "false");
  EXPECT_TRUE(file.lab.files.at(0).is_peoples);
  EXPECT_EQ(file.lab.network.to_people.delay, Milliseconds(5));
  EXPECT_EQ(file.lab.network.to_server.rate_bit_s, 100'000U);
}

TEST_F(LabFileTest, ADescribedProtocolAndItsServer) {
  const std::string port =
      "[variant]\nport = { integer = [20000, 29999] }\n[network]\nalso_port = \"{port}\"\n";
  const LabFile file = read(std::string(kHead) + kQuestion + "needs_description = true\n" + port +
                            "[[person]]\nname = \"hall\"\nat_server = true\ncommands = \"true\"\n"
                            "[description]\n[[description.check]]\nwrong = \"SELECT 1\"\nsays = \"no\"\n");
  EXPECT_EQ(file.faults, std::vector<std::string>{});
  EXPECT_TRUE(file.lab.people.at(0).at_server);
  ASSERT_EQ(file.lab.description.checks.size(), 1U);
  EXPECT_EQ(file.lab.description.checks[0].wrong, "SELECT 1");
  EXPECT_EQ(also_port(file.lab, {{"student", "s"}, {"port", "20001"}}), 20'001);
  EXPECT_THROW(also_port(file.lab, {{"student", "s"}, {"port", "x"}}), std::runtime_error);
  EXPECT_THROW(also_port(file.lab, {{"student", "s"}, {"port", "70000"}}), std::runtime_error);
}

TEST_F(LabFileTest, FaultsNameTheLine) {
  const std::string head = kHead;
  EXPECT_EQ(only_fault(head + kQuestion + "needs_description = true\n"),
            "lab.toml:7: question 1: needs_description, and there is no [description]");
  EXPECT_EQ(only_fault(head + "[description]\n").substr(0, 26), "lab.toml:7: description: [");
  EXPECT_EQ(only_fault(head + "[network]\nalso_port = \"0\"\n"),
            "lab.toml:7: network: also_port is a number from 1 to 65535");
  EXPECT_EQ(only_fault(head + "[[person]]\nname = \"hall\"\nat_server = true\n").substr(0, 40),
            "lab.toml:7: person: who is at the server");
  EXPECT_EQ(only_fault(head + "[[question]\n").substr(0, 11), "lab.toml:7:");
  EXPECT_EQ(only_fault(head + "[network]\ndelay = 5\n"),
            "lab.toml:8: network: nobody knows the word 'delay' here");
  EXPECT_EQ(only_fault(head + "[variant]\nn = { integer = [9, 1] }\n"),
            "lab.toml:8: variant n: integer must be [from, to], from 0 to 1000000000");
  EXPECT_EQ(only_fault(head + "[variant]\nn = 5\n").substr(0, 22), "lab.toml:8: variant n:");
  EXPECT_EQ(only_fault(head + kQuestion + kQuestion), "lab.toml:15: question 1: there are two with this id");
  EXPECT_EQ(
      only_fault("title = \"T\"\nis_mine = \"\"\n[student]\nname = \"a\"\naddress = \"b\"\n").substr(0, 30),
      "lab.toml:1: minutes is missing");
}

TEST_F(LabFileTest, ANetworkIsForBothDirectionsUnlessOneIsNamed) {
  const LabFile file = read(std::string(kHead) +
                            "[variant]\nn = { integer = [2, 2] }\nw = { pick = [\"hello\"] }\n"
                            "[network]\naddress = \"10.0.0.11\"\ndelay_ms = 20\nloss_percent = 1.5\n"
                            "[network.to_people]\nloss_percent = 3\nreorder_percent = 1\nreorder_ms = 8\n"
                            "[[network.packet]]\ndirection = \"to_server\"\ntext = \"{w} you\"\nskip = 4\n"
                            "times = \"{n}\"\nfate = \"lose\"\n");
  ASSERT_EQ(file.faults, std::vector<std::string>{});
  const link::LinkPlan plan = make_link_plan(file.lab, draw_variant(file.lab, "jo"));
  EXPECT_EQ(plan.address, "10.0.0.11");
  EXPECT_EQ(plan.to_people.delay, Milliseconds(20));
  EXPECT_EQ(plan.to_people.loss_percent, 3);
  EXPECT_EQ(plan.to_people.reorder_by, Milliseconds(8));
  EXPECT_EQ(plan.to_server.loss_percent, 1.5);
  EXPECT_EQ(plan.to_server.reorder_percent, 0);
  ASSERT_EQ(plan.chosen.size(), 1U);
  EXPECT_EQ(plan.chosen[0].direction, link::Direction::to_server);
  EXPECT_EQ(plan.chosen[0].text, "hello you");
  EXPECT_EQ(plan.chosen[0].skip, 4U);
  EXPECT_EQ(plan.chosen[0].times, 2U);
  EXPECT_EQ(plan.seed, make_link_plan(file.lab, draw_variant(file.lab, "jo")).seed);
  EXPECT_NE(plan.seed, make_link_plan(file.lab, draw_variant(file.lab, "al")).seed);
}

TEST_F(LabFileTest, ANetworkThatMakesNoSenseIsRefused) {
  const std::string head = std::string(kHead) + "[network]\n";
  EXPECT_EQ(only_fault(head + "loss_percent = 60\n[network.to_people]\nloss_percent = 1\n"),
            "lab.toml:7: network: to_server: loss_percent must be from 0 to 50");
  EXPECT_EQ(only_fault(head + "loss_percent = -1\n"),
            "lab.toml:8: network: loss_percent must be a number, 0 or more");
  EXPECT_EQ(only_fault(head + "delay_ms = 5\naddress = \"10.0.0.99\"\n"),
            "lab.toml:7: network: nobody has the address 10.0.0.99");
  EXPECT_EQ(only_fault(head + "[network.to_people]\ndelay = 5\n"),
            "lab.toml:9: network.to_people: nobody knows the word 'delay' here");
  EXPECT_EQ(only_fault(head + "[[network.packet]]\ndirection = \"up\"\ntext = \"x\"\nfate = \"lose\"\n"),
            "lab.toml:9: network.packet: direction is to_server or to_people");
  EXPECT_EQ(only_fault(head + "[[network.packet]]\ndirection = \"to_people\"\ntext = \"x\"\nfate = \"lose\"\n"
                              "times = \"many\"\n"),
            "lab.toml:7: network: times \"many\" does not become a whole number");
}

TEST_F(LabFileTest, AQuestionNeedsWhatItIsMarkedBy) {
  const std::string head = std::string(kHead) + "[[question]]\nid = \"1\"\ntext = \"?\"\n";
  EXPECT_TRUE(only_fault(head + "type = \"free text\"\n").contains("rubric"));
  EXPECT_EQ(read(head + "type = \"integer\"\n").faults.size(), 4U) << "key, hints, accessible, needs";
  const std::string rest =
      "key = \"SELECT 1\"\nhints = [\"a\", \"b\", \"c\"]\naccessible = \"x\"\nneeds = \"y\"\n";
  EXPECT_TRUE(only_fault(head + "type = \"number\"\n" + rest).contains("type is one of: integer, decimal"));
  EXPECT_TRUE(only_fault(head + "type = \"decimal\"\n" + rest).contains("tolerance"));
  EXPECT_TRUE(only_fault(head + "type = \"choice\"\n" + rest).contains("choices"));
}

TEST_F(LabFileTest, NamesNestedWithoutEndAreAFaultAndNoCrash) {
  for (const char* part : {"a.", "a . ", "'a'.", "[", "[[", "[\n", "x = [{ ", "\"\"\"a\"\"\"."}) {
    std::string deep;
    for (int count = 0; count < 100'000; ++count) deep += part;
    const std::string fault = only_fault(kHead + deep + "x = 1\n");
    EXPECT_TRUE(fault.contains(": a name has more than 8 parts") || fault.contains(": brackets lie in each"))
        << part << fault;
    EXPECT_TRUE(fault.starts_with("lab.toml:")) << fault;
  }
  // Deep names in deep brackets, each just allowed.
  std::string deep = std::string(kHead) + "y = ";
  for (int count = 0; count < 16; ++count) deep += "[\n{ a.b.c.d.e.f.g.h = ";
  EXPECT_FALSE(read(deep).faults.empty());
  EXPECT_TRUE(only_fault(std::string(2U << 20, '\n')).ends_with("is larger than 1 MiB"));
}

TEST_F(LabFileTest, PointsAndBracketsInTextsAreNoNames) {
  const std::string texts =
      "learn = [\"a.b.c.d.e.f.g.h.i.j {{{ [[[[\", 'i.e. e.g. \"[[[[\" \\']\n"
      "# a.b.c.d.e.f.g.h.i.j.k.l [[[[\n"
      "reports = [\n'a.b.c.d.e.f.g.h.i.j.k',\n]\n";
  std::string many;
  for (int count = 0; count < 50; ++count) many += "[[question]]\n";
  EXPECT_FALSE(too_deep_for_parser(texts + "x = \"\"\"\n{ \"quoted\" \\\"\"\" [[ \n\"\"\"\n" + many));
  EXPECT_FALSE(too_deep_for_parser("x = [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5]\n"));
  const auto fault = too_deep_for_parser("x = '''\n\n\n'''\na.b.c.d.e.f.g.h.i = 1\n");
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->line, 5U);
}

TEST_F(LabFileTest, StepsRiseAndProgramsSayTheirs) {
  const std::string head = std::string(kHead) + "script = \"one\"\n";
  const LabFile file =
      read(head + "[[student.step]]\nnumber = 3\nscript = \"two\"\n" + kQuestion +
           "[[program]]\nname = \"p\"\nstep = 3\nstarts_after = \"x\"\ncommands = \"true\"\n");
  EXPECT_EQ(file.faults, std::vector<std::string>{});
  ASSERT_EQ(file.lab.steps.size(), 1U);
  EXPECT_EQ(file.lab.steps[0].step, 3U);
  EXPECT_EQ(file.lab.programs.at(0).step, 3U);
  EXPECT_TRUE(only_fault(head + "[[student.step]]\nscript = \"two\"\n").contains("number is missing"));
  EXPECT_TRUE(only_fault(head + "[[student.step]]\nnumber = 3\n[[student.step]]\nnumber = 3\n")
                  .starts_with("lab.toml:10: step: steps must rise"));
  EXPECT_TRUE(only_fault(head + "[[student.step]]\nnumber = 3\n"
                                "[[program]]\nname = \"p\"\nstarts_after = \"x\"\ncommands = \"true\"\n")
                  .contains("program p: step is missing"));
}

TEST_F(LabFileTest, AMissingFileIsAFaultToo) {
  const LabFile file = read_lab(folder_ / "nowhere");
  EXPECT_EQ(file.faults.size(), 1U);
}

}  // namespace
}  // namespace plaintalk::labs
