// docs/PROTOCOL.md against the server: each error of section 8 is provoked, each line of the table of wrong
// frames (section 2), the answers of section 10 and the limits of section 9, so that neither can change
// alone.
#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/error_name.hpp"
#include "protocol/limits.hpp"
#include "tests/messenger/core/files.hpp"

namespace plaintalk::messenger::test {
namespace {

// The lines of "## N. ..." up to the next such heading.
std::vector<std::string> section(int number) {
  std::ifstream file(PLAINTALK_PROTOCOL_DOCUMENT);
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) inside = line.starts_with("## " + std::to_string(number) + ". ");
    if (inside) lines.push_back(line);
  }
  return lines;
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  const std::size_t end = text.find_last_not_of(' ');
  return std::string(text.substr(begin, end == text.npos ? 0 : end + 1 - begin));
}

// The cells of the table whose head starts with `first_cell`, without head and rule.
std::vector<std::vector<std::string>> table(int number, const std::string& first_cell) {
  std::vector<std::vector<std::string>> rows;
  bool inside = false;
  for (const std::string& line : section(number)) {
    if (line.starts_with("| " + first_cell + " |")) {
      inside = true;
    } else if (!line.starts_with('|')) {
      inside = false;
    } else if (inside && !line.starts_with("|--")) {
      std::vector<std::string>& row = rows.emplace_back();
      std::istringstream cells(line.substr(1));
      for (std::string cell; std::getline(cells, cell, '|');) row.push_back(trimmed(cell));
    }
  }
  return rows;
}

std::string said(Lab& lab) {
  std::string all;
  for (Person& person : lab.people) all += person.reads();
  return all;
}

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
      person.sends_octets(entry->second);
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
  for (const auto& [name, octets] : wrong)
    EXPECT_TRUE(std::ranges::find(documented, name) != documented.end()) << name;
}

// The block of hexadecimal pairs under "### Errors", and the answers that stand below it.
TEST(ProtocolDocument, TheAnswersOfTheWorkedBytesAreTheServersOwn) {
  std::string octets, expected;
  std::string heading, language;
  for (const std::string& line : section(10)) {
    if (line.starts_with("### ")) heading = line.substr(4);
    if (line.starts_with("```")) language = line.substr(3);
    if (heading != "Errors" || line.starts_with("```")) continue;
    if (language == "octets" && expected.empty()) {
      std::istringstream pairs(line.substr(0, line.find("  ")));
      for (std::string pair; pairs >> pair;) octets += static_cast<char>(std::stoul(pair, nullptr, 16));
    }
    if (language == "session" && line.starts_with("S: ")) expected += line.substr(3) + "\n";
  }
  ASSERT_GT(count_of(expected, "ERR "), 2U);
  Lab lab;
  Person& alice = lab.guest("alice");
  alice.sends_octets(octets);
  EXPECT_EQ(alice.reads(), expected);
}

std::string number(std::uint64_t value) { return std::to_string(value); }

// One line of the table of limits: what stands in its second column, and how the limit is reached.
struct DocumentedLimit {
  std::string value;  // empty: words, or several numbers
  Provoked reach;     // none: told by the test that is named in `elsewhere`
  std::string elsewhere{};
};

std::map<std::string, DocumentedLimit> documented_limits() {
  const ServerConfig config;
  const auto alice_says = [](std::string line) {
    return [line] { return Lab().guest("alice", {"#lab"}).asks(line); };
  };
  const auto transfers = [] {
    Lab lab;
    Person& alice = lab.guest("alice", {"#lab"});
    for (int n = 0; n < 4; ++n) put(alice, "x" + std::to_string(n), "content", "#lab");
    return alice.asks(put_line("y", "content", "#lab"));
  };
  const auto rooms = [] {
    Lab lab;
    Person& alice = lab.guest("alice");
    for (int n = 0; n < 100; ++n) {
      alice.asks("JOIN #r" + std::to_string(n));
      lab.passes(Milliseconds(50));
    }
    return alice.asks("JOIN #one-more");
  };
  const auto chunk = [] {
    Lab lab;
    Person& alice = lab.guest("alice", {"#lab"});
    return data(alice, put(alice, "x", pattern(20'000), "#lab"), 0, pattern(16'385));
  };
  const auto guesses = [] {
    Lab lab;
    std::string heard;
    for (int n = 0; n < 11; ++n) {
      Person& thief = lab.connect();
      thief.sends("LOGIN alice :" + std::to_string(n));
      lab.works_on_passwords();
      heard = thief.reads();
    }
    return heard;
  };
  const auto before_login = [] {
    Lab lab;
    lab.connect();
    lab.passes(Milliseconds(10'100));
    return said(lab);
  };
  const auto idle = [] {
    Lab lab;
    Person& alice = lab.guest("alice");
    std::string heard;
    for (int second = 0; second < 91; ++second) {
      lab.passes(Milliseconds(1'000));
      heard += alice.reads();
    }
    return heard;
  };
  const auto devices = [] {
    Lab lab;
    lab.login("REGISTER alice device=d0 :tulip9");
    for (int n = 1; n < 16; ++n) lab.login("LOGIN alice device=d" + std::to_string(n) + " :tulip9");
    Person& one_more = lab.connect();
    one_more.sends("LOGIN alice device=d16 :tulip9");
    lab.works_on_passwords();
    return one_more.reads();
  };
  const std::string hash(64, 'a');
  return {
      {"line", {number(config.line_size_max), alice_says("PING :" + std::string(4090, 'x'))}},
      {"chat body",
       {number(config.body_size_max), alice_says("SAY #lab {65537}\n" + std::string(65537, 'x'))}},
      {"file chunk", {number(config.chunk_size_max), chunk}},
      {"tokens in a frame",
       {number(kTokenCountMax), alice_says("SAY" +
                                           [] {
                                             std::string tokens;
                                             for (int n = 0; n < 33; ++n) tokens += " a";
                                             return tokens;
                                           }())}},
      {"before login", {"", before_login}},
      {"connections before login, from one address",
       {number(*config.login_connections_per_address_max), {}, "addresses_test.cpp"}},
      {"connections in all", {number(*config.connection_count_max), provocations().at("BUSY")}},
      {"connections from one address (IPv4, or IPv6 /64)", {"", {}, "addresses_test.cpp"}},
      {"passwords tried for one name from one address", {"", guesses}},
      {"passwords tried from one address", {"", {}, "addresses_test.cpp"}},
      {"idle", {"", idle}},
      {"messages of one user", {"", {}, "budget_test.cpp"}},
      {"chat bytes of one user", {"", {}, "budget_test.cpp"}},
      {"commands of one user", {"", {}, "budget_test.cpp"}},
      {"what one user makes the server send to others", {"", {}, "budget_test.cpp"}},
      {"rooms of one user", {number(*config.rooms_per_user_max), rooms}},
      {"running transfers of one user", {number(*config.transfers_per_user_max), transfers}},
      {"open uploads of all users", {number(*config.open_upload_count_max), {}, "files_bounds_test.cpp"}},
      {"finished files of one user, of all", {"", {}, "files_bounds_test.cpp"}},
      {"file bytes received and not yet stored", {"", {}, "files_bounds_test.cpp"}},
      {"all files in the spool", {"", {}, "files_bounds_test.cpp"}},
      {"file size", {"", alice_says("PUT x 67108865 sha256=" + hash + " to=#lab")}},
      {"room traffic waiting for one connection", {"", {}, "slow_reader_test.cpp"}},
      {"replies waiting for one connection", {"", {}, "bounds_test.cpp"}},
      {"no progress in writing to a connection", {"", {}, "timeouts_test.cpp"}},
      {"password",
       {number(kPasswordSizeMax) + " bytes",
        [] { return Lab().connect().asks("LOGIN alice :" + std::string(129, 'p')); }}},
      {"kept in memory of each room", {"", {}, "history_test.cpp"}},
      {"kept in memory of all rooms", {"", {}, "history_test.cpp, bounds_test.cpp"}},
      {"one page of HISTORY or SYNC", {"", {}, "history_test.cpp"}},
      {"topic, text of AWAY", {"1024 bytes", alice_says("TOPIC #lab :" + std::string(1025, 't'))}},
      {"text of PART and QUIT", {"256 bytes", alice_says("PART #lab :" + std::string(257, 'p'))}},
      {"file name",
       {"255 bytes", alice_says("PUT " + std::string(256, 'n') + " 9 sha256=" + hash + " to=#lab")}},
      {"devices of one account", {"16", devices}},
      {"accounts, guests of the last ten minutes included", {"100,000", {}, "table_bounds_test.cpp"}},
      {"guests of one address that left",
       {number(config.account_percent_per_address) + " % ", {}, "table_bounds_test.cpp"}},
      {"what all guests of one address do together",
       {"as much as " + number(config.guest_users_per_address) + " users", {}, "budget_test.cpp"}},
      {"ids for resends, of all devices", {"64 MiB", {}, "table_bounds_test.cpp"}},
      {"rooms in all", {"10,000", {}, "rooms_test.cpp"}},
      {"rooms in use for which one address answers, because it entered them first",
       {number(config.room_percent_per_address) + " % ", {}, "room_shares_test.cpp"}},
      {"conversations in all", {"10,000", {}, "bounds_test.cpp"}},
      {"conversations that one address has opened",
       {number(config.room_percent_per_address) + " % ", {}, "room_shares_test.cpp"}},
  };
}

TEST(ProtocolDocument, LimitsAreWhatTheTableSays) {
  const auto limits = documented_limits();
  std::size_t count = 0;
  for (const auto& row : table(9, "limit")) {
    ++count;
    const auto found = limits.find(row.at(0));
    ASSERT_NE(found, limits.end()) << row.at(0) << ": a new limit needs a line here";
    const DocumentedLimit& limit = found->second;
    EXPECT_TRUE(row.at(1).starts_with(limit.value)) << row.at(0) << ": " << row.at(1);
    if (!limit.reach) continue;
    const std::size_t code_at = row.at(2).find_first_of("45");
    ASSERT_NE(code_at, std::string::npos) << row.at(0);
    const std::string code = row.at(2).substr(code_at, 3);
    const std::string heard = limit.reach();
    EXPECT_TRUE(heard.find("ERR " + code) != heard.npos || heard.find("BYE " + code) != heard.npos)
        << row.at(0) << ": " << heard.substr(0, 300);
  }
  EXPECT_EQ(count, limits.size());
}

// Section 4: what is and is not counted among the frames before the login.
TEST(ProtocolDocument, BlankLinesBeforeALoginAreNoFrames) {
  Lab lab;
  Person& stranger = lab.connect();
  EXPECT_EQ(stranger.asks("\n  \n\r\n\n\n\n\n\n\n\n"), "");
  for (int n = 0; n < 7; ++n) EXPECT_TRUE(stranger.asks(" LOGIN alice").starts_with("ERR 400 SYNTAX :"));
  EXPECT_TRUE(stranger.asks("LOGIN alice").starts_with("OK user=alice "));
}

// Section 5: how to walk on from END.
TEST(ProtocolDocument, PagesAreWalkedAsItSays) {
  ServerConfig config = Lab::quick();
  config.messages_per_second = std::nullopt;
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  for (int n = 1; n <= 10; ++n) alice.asks("SAY #lab :x");
  std::vector<std::string> upward, downward;
  const auto walk = [&](std::vector<std::string>& seen, std::string where, bool is_up) {
    for (int page = 0; page < 5; ++page) {
      const std::string heard = alice.asks("HISTORY #lab limit=3 " + where);
      std::istringstream lines(heard);
      std::string first;
      for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("MSG #lab ")) continue;
        seen.push_back(line.substr(9, line.find(' ', 9) - 9));
        if (first.empty()) first = seen.back();
      }
      if (value_of(heard, "more") == "0") return;
      where = is_up ? "after=" + value_of(heard, "last") : "before=" + first;
    }
  };
  walk(upward, "after=0", true);
  walk(downward, "before=11", false);
  EXPECT_EQ(upward.size(), 10U);
  EXPECT_EQ(downward.size(), 10U);
  std::ranges::sort(downward);
  std::ranges::sort(upward);
  EXPECT_EQ(upward, downward);
  EXPECT_TRUE(std::ranges::adjacent_find(upward) == upward.end());
}

}  // namespace
}  // namespace plaintalk::messenger::test
