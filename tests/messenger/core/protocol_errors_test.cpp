// docs/PROTOCOL.md against the server: each error of section 8 is provoked, each line of the table of wrong
// frames (section 2) and the answers of section 10, so that neither can change alone.
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/error_name.hpp"
#include "tests/messenger/core/files.hpp"
#include "tests/messenger/core/protocol_document.hpp"

namespace plaintalk::messenger::test {
namespace {

const std::string kOther(64, '0');  // the SHA-256 of nothing that is sent here

using Provoked = std::function<std::string()>;
const std::map<std::string, Provoked>& provocations() {
  static const std::map<std::string, Provoked> all{
      {"SYNTAX", [] { return Lab().guest("alice").asks("JOIN"); }},
      {"LOGIN_FIRST", [] { return Lab().connect().asks("ROOMS"); }},
      {"BAD_LOGIN",
       [] {
         Lab lab;
         lab.login("REGISTER alice :tulip9");
         Person& thief = lab.connect();
         thief.sends("LOGIN alice :rose");
         lab.works_on_passwords();
         return thief.reads();
       }},
      {"DENIED",
       [] {
         Lab lab;
         lab.guest("alice", {"#lab"});
         return lab.guest("bob").asks("SAY #lab :x");
       }},
      {"NO_SUCH", [] { return Lab().guest("alice").asks("SAY #none :x"); }},
      {"SLOW",
       [] {
         Lab lab;
         lab.connect();
         lab.passes(Milliseconds(11'000));
         return said(lab);
       }},
      {"NAME_TAKEN",
       [] {
         Lab lab;
         lab.guest("alice");
         return lab.connect().asks("LOGIN alice");
       }},
      {"OFFSET",
       [] {
         Lab lab;
         Person& alice = lab.guest("alice", {"#lab"});
         return data(alice, put(alice, "x", "content", "#lab"), 3, "x");
       }},
      {"ID_REUSED",
       [] {
         Lab lab;
         Person& alice = lab.guest("alice", {"#lab"});
         alice.asks("SAY #lab id=1 :x");
         return alice.asks("SAY #lab id=1 :y");
       }},
      {"REPLACED",
       [] {
         Lab lab;
         Person& alice = lab.guest("alice");
         lab.connect().sends("LOGIN alice device=d-alice token=" + alice.token);
         return alice.reads();
       }},
      {"EXPIRED",
       [] {
         Lab lab;
         Person& alice = lab.guest("alice", {"#lab"});
         const std::string file = put(alice, "x", "content", "#lab");
         alice.asks("CANCEL " + file);
         return alice.asks("STAT " + file);
       }},
      {"TOO_LARGE", [] { return Lab().guest("alice").asks("SAY #lab {65537}\n" + std::string(65537, 'x')); }},
      {"NOT_UTF8", [] { return Lab().guest("alice").asks("SAY #lab :\xff"); }},
      {"HASH",
       [] {
         Lab lab;
         Person& alice = lab.guest("alice", {"#lab"});
         return upload(alice, value_of(alice.asks("PUT x 3 sha256=" + kOther + " to=#lab"), "file"), "abc");
       }},
      {"NEED_TLS",
       [] {
         ServerConfig config = Lab::quick();
         config.clear_passwords_allowed = false;
         return Lab(config).connect().asks("LOGIN alice :tulip9");
       }},
      {"RATE",
       [] {
         Lab lab;
         Person& stranger = lab.connect();
         for (int n = 0; n < 8; ++n) stranger.asks("PING");
         return stranger.asks("PING");
       }},
      {"LINE_TOO_LONG", [] { return Lab().guest("alice").asks("PING :" + std::string(5000, 'x')); }},
      {"NOT_PLAINTALK", [] { return Lab().connect().asks("GET / HTTP/1.1"); }},
      {"INTERNAL",
       [] {
         Lab lab;
         Person& alice = lab.guest("alice", {"#lab"});
         const std::string file = put(alice, "x", "content", "#lab");
         lab.spool.fails = true;
         return upload(alice, file, "content");
       }},
      {"UNKNOWN_VERB", [] { return Lab().guest("alice").asks("DANCE"); }},
      {"BUSY",
       [] {
         ServerConfig config = Lab::quick();
         config.connection_count_max = 1;
         Lab lab(config);
         lab.connect();
         return lab.people.emplace_back(lab, std::uint8_t{2}).reads();
       }},
      {"DRAINING",
       [] {
         Lab lab;
         Person& alice = lab.guest("alice");
         lab.core->drain(lab.now);
         return alice.reads();
       }},
      {"QUOTA",
       [] {
         ServerConfig config = Lab::quick();
         config.spool_size_max = 40'000;
         Lab lab(config);
         Person& alice = lab.guest("alice", {"#lab"});
         const std::string one = put(alice, "x", pattern(30'000), "#lab");
         const std::string two = put(alice, "y", pattern(30'001), "#lab");
         data(alice, one, 0, pattern(16'384));
         return data(alice, two, 0, pattern(16'384)) + data(alice, two, 16'384, pattern(5'000)) +
                data(alice, one, 16'384, pattern(5'000));
       }},
  };
  return all;
}

TEST(ProtocolDocument, NamesEveryErrorWithItsCode) {
  std::vector<std::string> documented;
  for (const auto& row : table(8, "code")) {
    std::istringstream names(row.at(1));
    for (std::string name; std::getline(names, name, ',');) {
      documented.push_back(trimmed(name));
      const auto error = find_error(documented.back());
      ASSERT_TRUE(error.has_value()) << documented.back();
      EXPECT_EQ(std::to_string(code_of(*error)), row.at(0)) << documented.back();
    }
  }
  EXPECT_EQ(documented.size(), static_cast<std::size_t>(ErrorName::quota) + 1);
  for (const std::string& name : documented) EXPECT_TRUE(provocations().contains(name)) << name;
}

TEST(ProtocolDocument, EveryErrorIsReallySent) {
  for (const auto& [name, provoke] : provocations()) {
    const auto error = find_error(name);
    ASSERT_TRUE(error.has_value()) << name;
    const std::string code = std::to_string(code_of(*error)) + " " + name + " ";
    const std::string heard = provoke();
    EXPECT_TRUE(heard.find("ERR " + code) != heard.npos || heard.find("BYE " + code) != heard.npos)
        << name << ": " << heard;
  }
}

// What the table of section 2 says: `431 LINE_TOO_LONG`, `413 TOO_LARGE max= fatal=1`.
TEST(ProtocolDocument, WrongFramesAreAnsweredAsTheTableSays) {
  const std::multimap<std::string, std::string> wrong{
      {"line_too_long", "PING :" + std::string(5000, 'x') + "\n"},
      {"bad_verb", "?\n"},
      {"bad_verb", " PING\n"},
      {"bad_token", "SAY #lab\xc3\xbc :x\n"},
      {"bad_token", "SAY 50% :x\n"},
      {"too_many_tokens", "SAY" +
                              std::string(66, ' ').replace(1, 65,
                                                           "a a a a a a a a a a a a a a a a a a a "
                                                           "a a a a a a a a a a a a a a") +
                              "\n"},
      {"bad_text", "SAY #lab :a\rb\n"},
      {"bad_text", std::string("SAY #lab :a\0b\n", 14)},
      {"not_utf8", "SAY #lab :\xc3\x28\n"},
      {"bad_count", "SAY #lab {05}\n"},
      {"bad_body_end", "SAY #lab {2}\nabc\n"},
      {"body_too_large", "SAY #lab {65537}\n" + std::string(65537, 'x') + "\n"},
      {"body_too_large fatal", "SAY #lab {1048577}\n"},
      {"not_plaintalk", "GET / HTTP/1.1\r\n"},
      {"not_plaintalk", "\x16\x03\x01"},
  };
  std::vector<std::string> documented;
  for (const auto& row : table(2, "what is wrong")) {
    std::string name = row.at(1).substr(1, row.at(1).size() - 2);
    const std::string answer = row.at(2).substr(1, row.at(2).size() - 2);
    const bool is_fatal = answer.find("fatal=1") != answer.npos;
    if (is_fatal && name == "body_too_large") name += " fatal";
    documented.push_back(name);
    EXPECT_TRUE(wrong.contains(name)) << name;
    for (auto [entry, end] = wrong.equal_range(name); entry != end; ++entry) {
      Lab lab;
      // What a stream begins with is told at once, before a login.
      Person& person = name == "not_plaintalk" ? lab.connect() : lab.guest("alice", {"#lab"});
      person.sends_bytes(entry->second);
      const std::string heard = person.reads();
      std::istringstream words(answer);
      for (std::string word; words >> word;)
        EXPECT_NE(heard.find(" " + word), heard.npos) << name << ": " << word << ": " << heard;
      EXPECT_EQ(heard.find("fatal=1") != heard.npos, is_fatal) << name << ": " << heard;
      EXPECT_EQ(heard.find(" verb=") == heard.npos && heard.find(" id=") == heard.npos, true) << heard;
      EXPECT_EQ(person.is_cut_by_server(), is_fatal) << name;
      if (is_fatal) continue;
      EXPECT_EQ(person.asks("PING :on"), "PONG :on\n") << name;
    }
  }
  for (const auto& [name, bytes] : wrong)
    EXPECT_TRUE(std::ranges::find(documented, name) != documented.end()) << name;
}

// The block of hexadecimal pairs under "### Errors", and the answers that stand below it.
TEST(ProtocolDocument, TheAnswersOfTheWorkedBytesAreTheServersOwn) {
  std::string bytes, expected;
  std::string heading, language;
  for (const std::string& line : section(10)) {
    if (line.starts_with("### ")) heading = line.substr(4);
    if (line.starts_with("```")) language = line.substr(3);
    if (heading != "Errors" || line.starts_with("```")) continue;
    if (language == "bytes" && expected.empty()) {
      std::istringstream pairs(line.substr(0, line.find("  ")));
      for (std::string pair; pairs >> pair;) bytes += static_cast<char>(std::stoul(pair, nullptr, 16));
    }
    if (language == "session" && line.starts_with("S: ")) expected += line.substr(3) + "\n";
  }
  ASSERT_GT(count_of(expected, "ERR "), 2U);
  Lab lab;
  Person& alice = lab.guest("alice");
  alice.sends_bytes(bytes);
  EXPECT_EQ(alice.reads(), expected);
}

}  // namespace
}  // namespace plaintalk::messenger::test
