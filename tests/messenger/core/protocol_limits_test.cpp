// docs/PROTOCOL.md against the server: the limits of section 9, and how one walks on in sections 4 and 5.
#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "tests/messenger/core/files.hpp"
#include "tests/messenger/core/protocol_document.hpp"

namespace plaintalk::messenger::test {
namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

// One line of the table of limits: what stands in its second column, and how the limit is reached.
struct DocumentedLimit {
  std::string value;                   // empty: words, or several numbers
  std::function<std::string()> reach;  // none: told by the test that is named in `elsewhere`
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
  const auto full = [] {
    ServerConfig small = Lab::quick();
    small.connection_count_max = 1;
    Lab lab(small);
    lab.connect();
    return lab.people.emplace_back(lab, std::uint8_t{2}).reads();
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
      {"connections in all", {number(*config.connection_count_max), full}},
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
      {"accounts that one address has registered",
       {number(config.account_percent_per_address) + " % ", {}, "table_bounds_test.cpp"}},
      {"what all guests of one address do together",
       {"as much as " + number(config.guest_users_per_address) + " users", {}, "budget_test.cpp"}},
      {"frames begun and not finished, of all connections", {"64 MiB", {}, "table_bounds_test.cpp"}},
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
