// Who may do what to a room, a conversation and a file: every verb that names one, said by everybody who can
// say it. A line of the table is a command and what each asker is answered.
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "messenger/core/help.hpp"
#include "tests/messenger/core/files.hpp"

namespace plaintalk::messenger::test {
namespace {

enum Asker : std::size_t {
  kSender,      // alice, a registered account: in the room, sent the files, one of the conversations
  kMember,      // bob, a guest in the room, with whom alice talks
  kDevice,      // another device of alice, which has not joined
  kOther,       // eve, a guest who was never there
  kParted,      // carol, a guest who was in the room and has left it
  kLater,       // a guest who took the name dave after a guest of that name had left: room, talk, files
  kRegistered,  // the same, as a registered account
  kReturned,    // frank, who was in the room, was lost, came back with his token and has not said SYNC
  kStranger,    // has not logged in
  kAskerCount
};
constexpr std::array<std::string_view, kAskerCount> kAskers{"sender",        "member",    "other device",
                                                            "other guest",   "ex-member", "later guest",
                                                            "later account", "returned",  "stranger"};

ServerConfig forgetful_server() {
  ServerConfig config = Lab::quick();
  config.remembered_request_time = Milliseconds(1'000);
  config.presence_grace = Milliseconds(300);
  config.ping_interval = std::nullopt;
  return config;
}

// What nobody may hear who has no right to it.
constexpr std::string_view kSecret = "secret";

// Everything there is to be found out, and one who asks. When `has_talked` is false, the conversations were
// never begun.
struct Stage {
  explicit Stage(Asker asker, bool has_talked = true) {
    alice = &lab.login("REGISTER alice device=one :tulip9");
    alice->asks("JOIN #lab");
    bob = &lab.guest("bob", {"#lab"});
    Person& carol = lab.guest("carol", {"#lab"});
    Person& frank = lab.guest("frank", {"#lab"});
    Person& dave = lab.guest("dave", {"#lab"});
    alice->asks("SAY #lab :secret of the room");
    alice->asks("TOPIC #lab :open to all");
    if (has_talked)
      for (const char* name : {"bob", "carol", "dave"})
        alice->asks("SAY @" + std::string(name) + " :secret of two");
    open = put(*alice, "secret-1", content, "#lab");
    data(*alice, open, 0, content.substr(0, 3));
    in_room = share(*alice, "secret-2", content, "#lab");
    for_bob = share(*alice, "secret-3", content, "@bob");
    for_dave = share(*alice, "secret-4", content, "@dave");
    carol.asks("PART #lab");
    dave.asks("QUIT");
    dave.drops();
    lab.passes(Milliseconds(2'000));
    frank.drops();
    person = &enter(asker, carol, frank);
    for (Person& everybody : lab.people)
      if (everybody.is_open) everybody.reads();
  }

  Person& enter(Asker asker, Person& carol, Person& frank) {
    switch (asker) {
      case kSender: return *alice;
      case kMember: return *bob;
      case kDevice: return lab.login("LOGIN alice device=two :tulip9");
      case kOther: return lab.guest("eve");
      case kParted: return carol;
      case kLater: return lab.guest("dave");
      case kRegistered: return lab.login("REGISTER dave :tulip9");
      case kReturned: return lab.login("LOGIN frank device=d-frank token=" + frank.token);
      default: return lab.connect();
    }
  }

  // With the handles of the files put in.
  std::string asks(std::string_view command) {
    std::string line(command);
    replace(line, "OPEN", open);
    replace(line, "IN-ROOM", in_room);
    replace(line, "FOR-BOB", for_bob);
    replace(line, "FOR-DAVE", for_dave);
    replace(line, "HASH", std::string(64, 'a'));
    return person->asks(line);
  }
  static void replace(std::string& line, std::string_view what, const std::string& with) {
    const std::size_t at = line.find(what);
    if (at != line.npos) line.replace(at, what.size(), with);
  }

  Lab lab{forgetful_server()};
  std::string content = "secret content";
  Person* alice = nullptr;
  Person* bob = nullptr;
  Person* person = nullptr;
  std::string open, in_room, for_bob, for_dave;
};

// "403" for ERR, else the verb of the answer; "-" when there is none.
std::string answer_in(std::string_view heard) {
  std::string other = "-";
  for (std::size_t at = 0; at < heard.size();) {
    const std::string_view line = heard.substr(at, heard.find('\n', at) - at);
    at += line.size() + 1;
    if (line.starts_with("ERR ")) return std::string(line.substr(4, 3));
    for (const char* verb : {"OK", "END", "ACK"})
      if (line.starts_with(verb)) other = verb;
  }
  return other;
}

// `answers`: one word for each asker, in the order of Asker; with a ! behind it the secret is heard, and
// without it it is not.
struct Rule {
  std::string_view command;
  std::string_view answers;
};
// clang-format off
constexpr auto kRules = std::to_array<Rule>({
    //                   alice bob  two  eve  carol dave dave frank -
    // A room is open: anybody may see that it is there, its topic and who is in it, and join.
    {"JOIN #lab",         "OK   OK   OK   OK   OK   OK   OK   OK   401"},
    {"SYNC #lab",         "END! END! END! END! END! END! END! END! 401"},
    {"TOPIC #lab",        "OK   OK   OK   OK   OK   OK   OK   OK   401"},
    {"WHO #lab",          "OK   OK   OK   OK   OK   OK   OK   OK   401"},
    {"WHO @alice",        "OK   OK   OK   OK   OK   OK   OK   OK   401"},
    {"ROOMS",             "OK   OK   OK   OK   OK   OK   OK   OK   401"},
    // All else is for whoever has joined, on the connection that has.
    {"HISTORY #lab",      "END! END! 403  403  403  403  403  403  401"},
    {"SAY #lab :x",       "OK   OK   403  403  403  403  403  403  401"},
    {"TOPIC #lab :x",     "OK   OK   403  403  403  403  403  403  401"},
    {"PART #lab",         "OK   OK   403  403  403  403  403  403  401"},
    {"PUT x 9 sha256=HASH to=#lab", "OK OK 403 403 403 403 403 403 401"},
    {"SAY #none :x",      "404  404  404  404  404  404  404  404  401"},
    {"HISTORY #none",     "404  404  404  404  404  404  404  404  401"},
    {"PART #none",        "404  404  404  404  404  404  404  404  401"},
    {"TOPIC #none :x",    "404  404  404  404  404  404  404  404  401"},
    {"WHO #none",         "404  404  404  404  404  404  404  404  401"},
    {"PUT x 9 sha256=HASH to=#none", "404 404 404 404 404 404 404 404 401"},

    // A conversation is for its two people, on all of their connections.
    {"HISTORY @bob",      "END! END  END! END  END  END  END  END  401"},
    {"HISTORY @alice",    "END  END! END  END  END! END  END  END  401"},
    {"HISTORY @dave",     "END! 404  END! 404  404  END  END  404  401"},
    {"SYNC @alice",       "END  END! END  END  END! END  END  END  401"},
    {"HISTORY @alice,bob", "END! END! END! 403 403  403  403  403  401"},
    {"SYNC @alice,bob",   "END! END! END! 403  403  403  403  403  401"},
    {"SAY @alice,bob :x", "OK   OK   OK   403  403  403  403  403  401"},
    {"PUT x 9 sha256=HASH to=@alice,bob", "OK OK OK 403 403 403 403 403 401"},
    {"HISTORY @alice,dave", "END! 403 END! 403 403  END  END  403  401"},
    {"SYNC @alice,dave",  "END! 403  END! 403  403  END  END  403  401"},
    {"JOIN @alice,bob",   "400  400  400  400  400  400  400  400  401"},
    {"PART @alice,bob",   "400  400  400  400  400  400  400  400  401"},
    {"TOPIC @alice,bob",  "400  400  400  400  400  400  400  400  401"},
    {"WHO @alice,bob",    "400  400  400  400  400  400  400  400  401"},
    {"SAY @bob :x",       "OK   OK   OK   OK   OK   OK   OK   OK   401"},
    {"SAY @zoe :x",       "404  404  404  404  404  404  404  404  401"},
    {"HISTORY @zoe",      "404  404  404  404  404  404  404  404  401"},
    {"WHO @zoe",          "404  404  404  404  404  404  404  404  401"},

    // An upload is for the account that sends it.
    {"STAT OPEN",         "OK!  404  OK!  404  404  404  404  404  401"},
    {"GET OPEN",          "404  404  404  404  404  404  404  404  401"},
    {"DATA OPEN 3 {1}\nx", "ACK 404  ACK  404  404  404  404  404  401"},
    {"DONE OPEN",         "409  404  409  404  404  404  404  404  401"},
    {"CANCEL OPEN",       "OK   404  OK   404  404  404  404  404  401"},
    {"CREDIT OPEN 9",     "-    -    -    -    -    -    -    -    401"},
    // A finished file of a room is for those who are in it, on any connection.
    {"GET IN-ROOM",       "OK!  OK!  OK!  404  404  404  404  404  401"},
    {"STAT IN-ROOM",      "OK!  OK!  OK!  404  404  404  404  404  401"},
    {"DATA IN-ROOM 0 {1}\nx", "409 404 409 404 404  404  404  404  401"},
    {"DONE IN-ROOM",      "OK   404  OK   404  404  404  404  404  401"},
    {"CANCEL IN-ROOM",    "404  404  404  404  404  404  404  404  401"},
    {"CREDIT IN-ROOM 9",  "-    -    -    -    -    -    -    -    401"},
    // One of a conversation is for its two people, never for who has their names now.
    {"GET FOR-BOB",       "OK!  OK!  OK!  404  404  404  404  404  401"},
    {"STAT FOR-BOB",      "OK!  OK!  OK!  404  404  404  404  404  401"},
    {"GET FOR-DAVE",      "OK!  404  OK!  404  404  404  404  404  401"},
    {"STAT FOR-DAVE",     "OK!  404  OK!  404  404  404  404  404  401"},
    {"DONE FOR-DAVE",     "OK   404  OK   404  404  404  404  404  401"},
    {"CANCEL FOR-DAVE",   "404  404  404  404  404  404  404  404  401"},
    {"CREDIT FOR-DAVE 9", "-    -    -    -    -    -    -    -    401"},
});
// clang-format on

std::string expected_of(const Rule& rule, std::size_t asker) {
  std::string_view rest = rule.answers;
  for (std::size_t index = 0;; ++index) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const std::string_view word = rest.substr(0, rest.find(' '));
    if (index == asker) return std::string(word);
    rest.remove_prefix(word.size());
  }
}

// A refusal is between the server and who asked: nobody else hears of it, and nothing comes afterwards.
void expect_silence(Stage& stage, const std::string& what) {
  stage.lab.passes(Milliseconds(100));
  for (Person& person : stage.lab.people) {
    if (!person.is_open) continue;
    EXPECT_EQ(person.reads(), "") << what;
  }
}

TEST(Access, IsWhatTheTableSays) {
  for (const Rule& rule : kRules)
    for (std::size_t asker = 0; asker < kAskerCount; ++asker) {
      Stage stage(Asker{asker});
      std::string expected = expected_of(rule, asker);
      const bool hears_secret = expected.ends_with('!');
      if (hears_secret) expected.pop_back();
      const std::string heard = stage.asks(rule.command);
      const std::string what = std::string(rule.command) + ", " + std::string(kAskers[asker]) + ": " + heard;
      EXPECT_EQ(answer_in(heard), expected) << what;
      EXPECT_EQ(heard.find(kSecret) != heard.npos, hears_secret) << what;
      if (expected.starts_with('4')) expect_silence(stage, what);
    }
}

// Whether two people have ever talked is not to be found out by a third.
TEST(Access, ARefusalDoesNotTellWhetherThereIsAConversation) {
  for (const Rule& rule : kRules) {
    if (rule.command.find("@alice") == rule.command.npos) continue;
    for (const Asker asker : {kOther, kReturned, kStranger})
      EXPECT_EQ(Stage(asker, true).asks(rule.command), Stage(asker, false).asks(rule.command))
          << rule.command << ", " << kAskers[asker];
  }
}

// A new command that names something gets its line.
TEST(Access, TheTableHasEveryVerbThatNamesSomething) {
  for (const core::HelpEntry& entry : core::help_entries()) {
    const bool names_something = entry.form.find('#') != entry.form.npos ||
                                 entry.form.find('@') != entry.form.npos ||
                                 entry.form.find(" file") != entry.form.npos;
    if (!names_something) continue;
    const std::string verb(entry.form.substr(0, entry.form.find(' ')));
    const auto has_verb = [&](const Rule& rule) { return rule.command.starts_with(verb + " "); };
    EXPECT_TRUE(std::ranges::any_of(kRules, has_verb)) << verb;
  }
}

}  // namespace
}  // namespace plaintalk::messenger::test
