// What a command does not have is refused by its name: nothing that a client asked for is dropped in silence.
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "messenger/core/help.hpp"
#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

// The form of HELP without what stands in brackets: "SAY #room|@user :text" as "SAY a :text".
std::string shortest_line(std::string_view form) {
  std::string line(form.substr(0, form.find(' ')));
  for (std::size_t at = form.find(' '); at < form.size();) {
    const std::size_t begin = at + 1;
    at = std::min(form.find(' ', begin), form.size());
    const std::string_view word = form.substr(begin, at - begin);
    if (!word.starts_with('[') && !word.starts_with('{') && word.find('=') == word.npos) line += " a";
  }
  return line;
}

TEST(CommandForm, EachCommandRefusesAParameterThatItDoesNotHave) {
  for (const core::HelpEntry& entry : core::help_entries()) {
    Lab lab;
    Person& alice = lab.guest("alice", {"#lab"});
    const std::string line = shortest_line(entry.form);
    EXPECT_TRUE(alice.asks(line + " arond=1").starts_with("ERR 400 SYNTAX verb=")) << line;
    const std::string heard = alice.asks(line + " ID=1 arond=1");
    EXPECT_NE(heard.find(" :unknown parameter ID= (did you mean id=?); write: " + std::string(entry.form)),
              heard.npos)
        << line << ": " << heard;
    EXPECT_EQ(alice.asks(line + " x-trace=1").find("unknown parameter"), std::string::npos) << line;
  }
}

TEST(CommandForm, EachCommandRefusesMoreArgumentsThanItTakes) {
  for (const core::HelpEntry& entry : core::help_entries()) {
    Lab lab;
    Person& alice = lab.guest("alice", {"#lab"});
    const std::string line = shortest_line(entry.form) + " b c d";
    const std::string heard = alice.asks(line);
    EXPECT_NE(heard.find("ERR 400 SYNTAX"), heard.npos) << line << ": " << heard;
    EXPECT_NE(heard.find(":write: " + std::string(entry.form)), heard.npos) << line << ": " << heard;
  }
}

TEST(CommandForm, ACommandWithoutTextRefusesText) {
  for (const core::HelpEntry& entry : core::help_entries()) {
    if (entry.form.find(':') != entry.form.npos || entry.form.find('{') != entry.form.npos) continue;
    Lab lab;
    Person& alice = lab.guest("alice", {"#lab"});
    const std::string line = shortest_line(entry.form) + " :text";
    EXPECT_TRUE(alice.asks(line).starts_with("ERR 400 SYNTAX")) << line;
  }
}

TEST(CommandForm, ANearParameterIsNamed) {
  Lab lab;
  Person& alice = lab.guest("alice", {"#lab"});
  EXPECT_EQ(
      alice.asks("HISTORY #lab limt=3 id=q"),
      "ERR 400 SYNTAX id=q verb=HISTORY :unknown parameter limt= (did you mean limit=?); write: HISTORY "
      "#room|@user [after=n|before=n] [limit=k]\n");
  EXPECT_EQ(alice.asks("HISTORY #lab around=3"),
            "ERR 400 SYNTAX verb=HISTORY :unknown parameter around=; write: HISTORY #room|@user "
            "[after=n|before=n] [limit=k]\n");
  EXPECT_TRUE(alice.asks("SYNC #lab before=3").starts_with("ERR 400 SYNTAX verb=SYNC :unknown parameter "));
  EXPECT_TRUE(alice.asks("SAY #lab body=3 :x").starts_with("ERR 400 SYNTAX verb=SAY :unknown parameter "));
  EXPECT_TRUE(alice.asks("HISTORY #lab " + std::string(500, 'k') + "=3").size() < 250);
  EXPECT_EQ(alice.asks("SAY #lab x-client=tester :hello").substr(0, 3), "OK ");
}

// Whoever forgets the colon before a password that has a = in it has typed a parameter.
TEST(CommandForm, TheLogDoesNotQuoteIt) {
  Lab lab;
  Person& alice = lab.connect();
  EXPECT_NE(alice.asks("LOGIN alice tulip=9").find("tulip="), std::string::npos);
  EXPECT_FALSE(lab.events.has("tulip"));
  EXPECT_TRUE(lab.events.has("refused 400 SYNTAX LOGIN :unknown parameter"));
}

}  // namespace
}  // namespace plaintalk::messenger::test
