// The budget of --memory-max, driven to its bound and compared with the heap.
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analyzer/run/memory_budget.hpp"
#include "analyzer/talk/talk_analyzer.hpp"
#include "tests/analyzer_talk/play.hpp"
#include "tests/support/heap.hpp"

namespace plaintalk::analyzer {
namespace {

TcpSegment segment_of(std::uint32_t number, bool from_client, std::uint32_t sequence,
                      std::uint32_t acknowledgement, std::string_view bytes) {
  TcpSegment segment;
  segment.source = {IpAddress::v4(10, static_cast<std::uint8_t>(number >> 16U),
                                  static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)),
                    40000};
  segment.target = {IpAddress::v4(192, 0, 2, 1), 7777};
  if (!from_client) std::swap(segment.source, segment.target);
  segment.sequence = sequence;
  segment.acknowledgement = acknowledgement;
  segment.flags.syn = bytes.empty();
  segment.flags.ack = acknowledgement != 0;
  segment.payload = as_bytes(bytes);
  segment.payload_size = static_cast<std::uint32_t>(bytes.size());
  segment.window = 65535;
  return segment;
}

// Goal: connections that say our greeting, log in and leave a hole cost the most that a stranger can make one
// cost; the budget holds all the same, and what is given up is told. Method: connections without end, each
// left open; the heap is looked at with every one.
TEST(MemoryBudget, HoldsWhateverConnectionsDoAndTellsWhatItGaveUp) {
  constexpr std::size_t kBudget = 80 << 20;
  constexpr std::uint32_t kCount = 16'000;
  const std::size_t before = plaintalk::test::heap_bytes();
  const auto held = [&] { return plaintalk::test::heap_bytes() - before; };
  struct Sink : Collected {
    void connection(const ConnectionResult& row) override { evicted += row.connection->evicted ? 1U : 0U; }
    void pdu(const PduResult&) override {}
    void credential(const CredentialResult&) override {}
    std::size_t evicted = 0;
  } sink;
  Memory store;
  TalkAnalyzer talk({}, sink, store);
  ConnectionTracker tracker({}, talk);
  MemoryBudget budget(kBudget, held);
  std::uint64_t packet = 0;
  std::size_t most = 0;
  const auto add = [&](TcpSegment segment) {
    segment.packet = ++packet;
    segment.time = WallTime{} + std::chrono::microseconds(50) * packet;
    tracker.segment(segment);
    budget.connections(tracker);
    budget.tables(talk);
  };
  const std::string hole(500, 'x');
  for (std::uint32_t number = 0; number < kCount; ++number) {
    add(segment_of(number, true, 1000, 0, ""));
    add(segment_of(number, false, 5000, 1001, ""));
    add(segment_of(number, false, 5001, 1001, "PLAINTALK/1 lab caps=history :hello\n"));
    add(segment_of(number, true, 1001, 5037, "LOGIN u" + std::to_string(number) + "\n"));
    add(segment_of(number, true, 2000, 5037, hole));
    most = std::max(most, held());
  }
  // Between two looks 1,024 connections may come, of some KiB each.
  EXPECT_LT(most, kBudget + (std::size_t{64} << 20));
  tracker.finish();
  talk.finish();
  EXPECT_GT(sink.evicted, kCount / 4);
  EXPECT_EQ(sink.count("connection-evicted"), Findings::kCountMaxPerKind + 1)
      << "the last one counts the rest";
}

// Many conversations, of which only the frames matter: they come in packets of about a kilobyte.
class Crowd {
 public:
  explicit Crowd(std::size_t bytes_max)
      : before_(plaintalk::test::heap_bytes()),
        talk_({}, sink_, store_),
        tracker_({.history_bytes = 1 << 20}, talk_),
        budget_(bytes_max, [this] { return held(); }) {}

  std::size_t held() const { return plaintalk::test::heap_bytes() - before_; }
  // Opens a connection to that server; its number is the result.
  std::uint32_t connect(std::uint32_t server = 0) {
    const auto number = static_cast<std::uint32_t>(ends_.size());
    ends_.push_back({1000, 5000, server});
    add(number, true, true, "");
    add(number, false, true, "");
    say(number, false, "PLAINTALK/1 lab caps=history :hello\n");
    return number;
  }
  void say(std::uint32_t number, bool from_client, const std::string& frames) {
    add(number, from_client, false, frames);
    most_ = std::max(most_, held());
  }
  void wait(Nanoseconds time) { time_ += time; }
  void finish() {
    tracker_.finish();
    talk_.finish();
  }
  std::size_t most() const { return most_; }
  bool tells(std::string_view text) const {
    return std::ranges::any_of(
        sink_.findings, [&](const Finding& finding) { return finding.text.find(text) != std::string::npos; });
  }

 private:
  struct Ends {
    std::uint32_t client = 0;
    std::uint32_t server = 0;
    std::uint32_t server_number = 0;
  };
  struct Nowhere : ContentStore {
    Written write(std::uint64_t, std::uint64_t, std::string_view) override { return Written::stored; }
    Outcome finish(std::uint64_t, std::uint64_t) override { return {}; }
  };
  struct Quiet : Collected {
    void connection(const ConnectionResult&) override {}
    void pdu(const PduResult&) override {}
    void credential(const CredentialResult&) override {}
    void user(const UserResult&) override {}
    void room(const RoomResult&) override {}
    void file(const FileResult&) override {}
    void message(const MessageResult&) override {}
    void transfer(const TransferResult&) override {}
    void timeline(const TimelineResult&) override {}
    void live_event(const LiveEvent&) override {}
  };

  void add(std::uint32_t number, bool from_client, bool is_syn, std::string_view bytes) {
    Ends& ends = ends_[number];
    std::uint32_t& own = from_client ? ends.client : ends.server;
    const std::uint32_t other = from_client ? ends.server : ends.client;
    TcpSegment segment = segment_of(number, from_client, own, is_syn && from_client ? 0 : other, bytes);
    Endpoint& server = from_client ? segment.target : segment.source;
    server.address = IpAddress::v4(192, static_cast<std::uint8_t>(ends.server_number >> 16U),
                                   static_cast<std::uint8_t>(ends.server_number >> 8U),
                                   static_cast<std::uint8_t>(ends.server_number));
    own += static_cast<std::uint32_t>(bytes.size()) + (is_syn ? 1U : 0U);
    time_ += std::chrono::microseconds(20);
    segment.packet = ++packet_;
    segment.time = time_;
    talk_.packet(segment.time, 100);
    tracker_.segment(segment);
    budget_.connections(tracker_);
    budget_.tables(talk_);
    talk_.advance(segment.time);
  }

  std::size_t before_;
  Quiet sink_;
  Nowhere store_;
  TalkAnalyzer talk_;
  ConnectionTracker tracker_;
  MemoryBudget budget_;
  std::vector<Ends> ends_;
  std::uint64_t packet_ = 0;
  WallTime time_{std::chrono::seconds(1'000'000)};
  std::size_t most_ = 0;
};

std::string many(std::uint32_t count, const std::function<std::string(std::uint32_t)>& frame) {
  std::string frames;
  for (std::uint32_t index = 0; index < count; ++index) frames += frame(index);
  return frames;
}

// What a stranger can make grow, whatever the connections do. `turn` is called with rising numbers.
struct Grower {
  std::string name;
  std::uint32_t turns = 0;
  std::function<void(Crowd& crowd, std::uint32_t turn)> turn;
  std::string told;  // a part of what is said of it
};

std::vector<Grower> growers() {
  constexpr std::uint32_t kFrames = 20;
  const auto text = [](auto... parts) {
    std::string all;
    ((all += parts), ...);
    return all;
  };
  const auto number = [](std::uint64_t value) { return std::to_string(value); };
  return {
      {"accounts", 1'500,
       [=](Crowd& crowd, std::uint32_t turn) {
         if (turn == 0) crowd.connect();
         crowd.say(0, false, many(kFrames, [&](std::uint32_t index) {
                     const std::uint64_t at = turn * kFrames + index + 1;
                     return text("MSG #r ", number(at), " u", number(at), " :x\n");
                   }));
       },
       "too many accounts"},
      {"rooms", 2'500,
       [=](Crowd& crowd, std::uint32_t turn) {
         if (turn == 0) crowd.connect();
         crowd.say(0, false, many(kFrames, [&](std::uint32_t index) {
                     return text("MSG #r", number(turn * kFrames + index), " 1 alice :x\n");
                   }));
       },
       "too many rooms"},
      {"numbers of rooms", 2'000,
       [=](Crowd& crowd, std::uint32_t turn) {
         if (turn == 0) crowd.connect();
         crowd.say(0, false, many(kFrames, [&](std::uint32_t index) {
                     return text("MSG #r", number(index), " ", number(2 * turn + 1), " alice :x\n");
                   }));
       },
       ""},
      {"commands without answers", 2'500,
       [=](Crowd& crowd, std::uint32_t turn) {
         if (turn % 100 == 0) crowd.connect();
         crowd.say(turn / 100, true, many(kFrames, [&](std::uint32_t index) {
                     return text("SAY #room id=", number(index), " :", std::string(40, 'x'), "\n");
                   }));
       },
       "given up"},
      {"stays", 2'500,
       [=](Crowd& crowd, std::uint32_t turn) {
         if (turn == 0) crowd.say(crowd.connect(), false, "OK user=alice device=d\n");
         crowd.say(0, true, many(kFrames, [&](std::uint32_t) { return text("JOIN #r\nPART #r\n"); }));
         crowd.say(0, false, many(kFrames, [&](std::uint32_t) {
                     return text("OK room=#r members=1 last=0\nOK room=#r\n");
                   }));
       },
       "given up"},
  };
}

// Goal: the budget is one for connections and tables. Method: tables are driven far beyond it by frames of
// few connections; without a budget the same frames take much more, or the test would show nothing.
class TableBudget : public testing::TestWithParam<std::size_t> {};

TEST_P(TableBudget, BoundsWhatTheTalkKeeps) {
  constexpr std::size_t kBudget = 5 << 20;
  constexpr std::size_t kBetweenTwoLooks = 32 << 20;
  const Grower grower = growers()[GetParam()];
  SCOPED_TRACE(grower.name);
  const auto play = [&](std::size_t budget) {
    auto crowd = std::make_unique<Crowd>(budget);
    for (std::uint32_t turn = 0; turn < grower.turns; ++turn) grower.turn(*crowd, turn);
    const std::size_t most = crowd->most();
    crowd->finish();
    EXPECT_TRUE(budget == 0 || grower.told.empty() || crowd->tells(grower.told));
    return most;
  };
  const std::size_t bounded = play(kBudget);
  EXPECT_LE(bounded, kBudget + kBetweenTwoLooks);
  const std::size_t unbounded = play(0);
  EXPECT_GT(unbounded, bounded * 3 / 2) << bounded;
}

INSTANTIATE_TEST_SUITE_P(Growers, TableBudget, testing::Range<std::size_t>(0, growers().size()),
                         [](const auto& param) {
                           std::string name = growers()[param.param].name;
                           std::ranges::replace(name, ' ', '_');
                           return name;
                         });

// Goal: nothing is given up while there is room.
TEST(MemoryBudget, GivesUpNothingWithinIt) {
  Collected sink;
  Memory store;
  TalkAnalyzer talk({}, sink, store);
  ConnectionTracker tracker({}, talk);
  MemoryBudget budget(std::size_t{1} << 40, plaintalk::test::heap_bytes);
  for (std::uint32_t number = 0; number < 5'000; ++number) {
    TcpSegment segment = segment_of(number, true, 1000, 0, "");
    segment.packet = number + 1;
    tracker.segment(segment);
    budget.connections(tracker);
    budget.tables(talk);
  }
  EXPECT_EQ(tracker.open_count(), 5'000U);
}

}  // namespace
}  // namespace plaintalk::analyzer
