// Every way in which somebody stops hearing a room while a GAP is owed: it is told before, always.
#include <charconv>
#include <functional>
#include <ostream>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {
namespace {

const std::string kLong(350, 'x');  // two such messages fit into the queue, three do not

struct Ending {
  std::string name;
  std::string room;  // #lab, or alice's conversation with bob
  std::function<void(ServerConfig&)> configure;
  // What ends it; bob has read nothing since he missed something.
  std::function<void(Lab& lab, Person& alice, Person& bob)> ends;
  std::string last_word;  // of what ends it, that the GAP has to come before; empty: nothing ends with a word
};

std::ostream& operator<<(std::ostream& out, const Ending& ending) {
  return out << ending.name << ' ' << ending.room;
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The numbers of `room` that came or were named in a GAP, each as many times as that.
std::multiset<std::uint64_t> accounted_for(const std::string& heard, const std::string& room) {
  std::multiset<std::uint64_t> numbers;
  for (std::size_t at = 0; at < heard.size(); at = heard.find('\n', at) + 1) {
    const std::string line = heard.substr(at, heard.find('\n', at) - at);
    const std::string message = "MSG " + room + " ";
    const std::string gap = "GAP " + room + " ";
    if (line.starts_with(message)) numbers.insert(number_of(line.substr(message.size())));
    if (!line.starts_with(gap)) continue;
    const std::uint64_t last = number_of(line.substr(line.rfind(' ') + 1));
    for (std::uint64_t seq = number_of(line.substr(gap.size())); seq <= last; ++seq) numbers.insert(seq);
  }
  return numbers;
}

void nothing(ServerConfig&) {}

void evict_by_another(Lab&, Person& alice, Person&) { alice.asks("SAY @alice :another conversation"); }

std::vector<Ending> endings_of(const std::string& room) {
  std::vector<Ending> endings{
      {"Quit", room, nothing, [](Lab&, Person&, Person& bob) { bob.sends("QUIT"); }, "BYE :goodbye"},
      {"FatalError", room, nothing, [](Lab&, Person&, Person& bob) { bob.sends("SAY {x}"); }, ""},
      {"Takeover", room, nothing,
       [](Lab& lab, Person&, Person& bob) {
         lab.connect().asks("LOGIN bob device=d-bob token=" + bob.token);
       },
       "BYE 409 REPLACED "},
      {"Silence", room, [](ServerConfig& config) { config.write_stall_timeout = std::chrono::hours(1); },
       [](Lab& lab, Person&, Person&) { lab.passes(Milliseconds(90'000)); }, "BYE 408 SLOW "},
      {"TooManyReplies", room, [](ServerConfig& config) { config.reply_queue_bytes_max = 2000; },
       [](Lab&, Person&, Person& bob) { bob.sends("PING :" + std::string(2500, 'y')); }, "BYE 408 SLOW "},
      {"UnfinishedFrame", room, [](ServerConfig& config) { config.unfinished_frames_bytes_max = 300 << 10; },
       [](Lab& lab, Person&, Person& bob) {
         const std::string unfinished = "PING {65000}\n" + std::string(60'000, 'y');
         bob.sends_bytes(unfinished);
         lab.passes(kTickInterval);
         for (const char* name : {"carol", "dave", "eve", "frank"}) lab.guest(name).sends_bytes(unfinished);
       },
       "BYE 408 SLOW "},
      {"Shutdown", room, nothing, [](Lab& lab, Person&, Person&) { lab.core->drain(lab.now); },
       "BYE 503 DRAINING "},
  };
  if (room == "#lab") {
    endings.push_back({"Part", room, nothing, [](Lab&, Person&, Person& bob) { bob.sends("PART #lab"); },
                       "OK room=#lab\n"});
    endings.push_back({"PartBehindMore", room, nothing,
                       [](Lab&, Person& alice, Person& bob) {
                         // Said and parted in one turn: what waits for its flush is shed by PART itself.
                         alice.lab.core->received(alice.id, "SAY #lab :" + kLong + "\n", alice.lab.now);
                         bob.sends("PART #lab :bye");
                       },
                       "OK room=#lab\n"});
    endings.push_back({"PartAsTheLastMember", room, nothing,
                       [](Lab&, Person& alice, Person& bob) {
                         alice.asks("PART #lab");
                         bob.sends("PART #lab");
                       },
                       "OK room=#lab\n"});
    return endings;
  }
  endings.push_back({"MakesWayForAnother", room,
                     [](ServerConfig& config) { config.conversation_count_max = 1; }, evict_by_another, ""});
  endings.push_back({"MakesWayAtTheShareOfItsAddress", room,
                     [](ServerConfig& config) {
                       config.conversation_count_max = 4;
                       config.room_percent_per_address = 25;
                     },
                     evict_by_another, ""});
  endings.push_back(
      {"LosesItsHistoryToAnother", room, [](ServerConfig& config) { config.history_bytes_max = 4000; },
       [](Lab&, Person& alice, Person&) { alice.asks("SAY @alice :" + std::string(3500, 'z')); }, ""});
  endings.push_back({"ItsOtherPersonIsForgotten", room,
                     [](ServerConfig& config) {
                       config.account_count_max = 2;
                       config.write_stall_timeout = std::chrono::hours(1);
                     },
                     [](Lab& lab, Person& alice, Person&) {
                       alice.asks("QUIT");
                       alice.drops();
                       lab.guest("carol");
                     },
                     ""});
  return endings;
}

std::vector<Ending> all_endings() {
  std::vector<Ending> endings = endings_of("#lab");
  for (Ending& ending : endings_of("@alice,bob")) endings.push_back(std::move(ending));
  return endings;
}

class OwedGap : public ::testing::TestWithParam<Ending> {};

TEST_P(OwedGap, IsToldBeforeTheEnd) {
  const Ending& ending = GetParam();
  ServerConfig config = Lab::quick();
  config.messages_per_second = std::nullopt;
  config.chat_bytes_per_second = std::nullopt;
  config.room_queue_bytes_max = 1000;
  ending.configure(config);
  Lab lab(config);
  Person& alice = lab.guest("alice", {"#lab"});
  Person& bob = lab.guest("bob", {"#lab"});
  bob.asks("PING");
  const std::string target = ending.room == "#lab" ? "#lab" : "@bob";
  std::uint64_t last = 0;
  for (int n = 1; n <= 4; ++n) last = number_of(value_of(alice.asks("SAY " + target + " :" + kLong), "seq"));
  ASSERT_EQ(last, 4U);
  ending.ends(lab, alice, bob);
  const std::string heard = bob.reads();
  const std::multiset<std::uint64_t> numbers = accounted_for(heard, ending.room);
  for (std::uint64_t seq = 1; seq <= last; ++seq) EXPECT_EQ(numbers.count(seq), 1U) << seq << " in " << heard;
  const std::size_t gap = heard.find("GAP " + ending.room);
  ASSERT_NE(gap, heard.npos) << heard;
  if (!ending.last_word.empty()) {
    EXPECT_LT(gap, heard.find("\n" + ending.last_word)) << heard;
    EXPECT_NE(heard.find("\n" + ending.last_word), heard.npos) << heard;
  }
}

INSTANTIATE_TEST_SUITE_P(Endings, OwedGap, ::testing::ValuesIn(all_endings()), [](const auto& ending) {
  return ending.param.name + (ending.param.room == "#lab" ? "OfARoom" : "OfAConversation");
});

}  // namespace
}  // namespace plaintalk::messenger::test
