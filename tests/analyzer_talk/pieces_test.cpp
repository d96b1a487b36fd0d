#include <gtest/gtest.h>

#include "analyzer/talk/packet_map.hpp"
#include "analyzer/talk/range_set.hpp"
#include "tests/analyzer_talk/play.hpp"

namespace plaintalk::analyzer {
namespace {

Moment at(std::uint64_t packet) {
  return {packet, WallTime(Nanoseconds(static_cast<std::int64_t>(packet) * 1000))};
}

TEST(RangeSet, JoinsWhatTouchesAndCountsWhatIsNew) {
  RangeSet ranges;
  EXPECT_EQ(ranges.add(10, 20), 10u);
  EXPECT_EQ(ranges.add(30, 40), 10u);
  EXPECT_EQ(ranges.range_count(), 2u);
  EXPECT_EQ(ranges.add(15, 35), 10u);
  EXPECT_EQ(ranges.range_count(), 1u);
  EXPECT_EQ(ranges.size(), 30u);
  EXPECT_EQ(ranges.add(40, 41), 1u);
  EXPECT_EQ(ranges.range_count(), 1u);
  EXPECT_EQ(ranges.add(12, 13), 0u);
  EXPECT_EQ(ranges.lowest(), 10u);
  EXPECT_EQ(ranges.highest(), 40u);
}

TEST(RangeSet, AgreesWithASetOfNumbersWhateverIsAdded) {
  // Goal: no order of additions breaks it. Method: a fixed pseudo-random series against a plain array.
  RangeSet ranges;
  std::vector<bool> plain(256, false);
  std::uint32_t state = 7;
  const auto random = [&] { return state = state * 1664525u + 1013904223u, (state >> 16) % 250; };
  for (int round = 0; round < 2000; ++round) {
    if (round % 200 == 0) {
      ranges.clear();
      plain.assign(256, false);
    }
    const std::uint64_t begin = random();
    const std::uint64_t end = std::min<std::uint64_t>(255, begin + random() % 9);
    std::uint64_t fresh = 0;
    for (std::uint64_t number = begin; number < end; ++number)
      if (!plain[number]) {
        plain[number] = true;
        ++fresh;
      }
    ASSERT_EQ(ranges.add(begin, end), fresh);
    for (std::uint64_t number = 0; number < 255; ++number) ASSERT_EQ(ranges.contains(number), plain[number]);
    std::uint64_t next = begin;
    while (next < 255 && !plain[next]) ++next;
    ASSERT_EQ(ranges.next_member(begin, 255), next);
  }
}

TEST(PacketMap, NamesThePacketsOfAnyPartOfAStream) {
  PacketMap map;
  map.add(0, 10, at(1));
  map.add(10, 10, at(4));
  map.add(20, 5, at(4));
  map.add(25, 10, at(2));
  EXPECT_EQ(map.span(0, 10).packets, 1u);
  EXPECT_EQ(map.span(0, 11).packets, 2u);
  EXPECT_EQ(map.span(5, 30).packets, 3u);
  EXPECT_EQ(map.span(5, 30).first.packet, 1u);
  EXPECT_EQ(map.span(5, 30).last.packet, 2u);
  map.forget_below(20);
  EXPECT_EQ(map.span(20, 25).first.packet, 4u);
  EXPECT_EQ(map.span(40, 50).packets, 0u);
}

TEST(PacketMap, RemembersAcknowledgementsThatCameBeforeTheData) {
  PacketMap map;
  map.acknowledged(100, at(5).time);
  map.acknowledged(200, at(6).time);
  EXPECT_EQ(map.acknowledged_at(100), at(5).time);
  EXPECT_EQ(map.acknowledged_at(101), at(6).time);
  EXPECT_FALSE(map.acknowledged_at(201));
  map.forget_below(150);
  EXPECT_EQ(map.acknowledged_at(160), at(6).time);
}

TEST(Findings, AreBoundedForEachKindAndSayHowManyWereLeftOut) {
  Collected found;
  Findings findings;
  for (std::uint64_t number = 0; number < Findings::kCountMaxPerKind + 5; ++number)
    findings.add("undecodable", at(number).time, ConnectionId{1}, {number}, "x");
  findings.add("leaked-message", at(9).time, ConnectionId{1}, {9}, "y");
  findings.finish(found);
  ASSERT_EQ(found.findings.size(), Findings::kCountMaxPerKind + 2);
  EXPECT_EQ(found.findings.front().kind, "leaked-message");
  EXPECT_EQ(found.count("undecodable"), Findings::kCountMaxPerKind + 1);
  EXPECT_EQ(found.findings.back().text, "and 5 more of this kind");
}

TEST(FindingKinds, HaveRuleNumbersOfTheirOwn) {
  std::map<std::string_view, int> rules;
  for (const FindingKind& kind : finding_kinds()) {
    EXPECT_EQ(++rules[kind.rule], 1) << kind.rule;
    EXPECT_FALSE(kind.meaning.empty());
  }
}

// Goal: two bytes of a stranger never cost a row each without end. Method: more lines that are no commands
// than one connection may have rows for; what is a command keeps its rows.
TEST(StrangeLines, AreBoundedForEachConnectionAndTheRestIsCounted) {
  Play play;
  play.login(1, "alice");
  const std::size_t before = play.found.pdus.size();
  for (int count = 0; count < 1200; ++count) play.client(1, "A");
  play.client(1, "SAY #lab :hello");
  EXPECT_EQ(play.found.pdus.size() - before, 1001u);
  EXPECT_EQ(play.found.pdus.back().verb, "SAY");
  play.close(1);
  play.finish();
  ASSERT_EQ(play.found.count("limit-reached"), 1u);
  for (const Finding& finding : play.found.findings) {
    if (finding.kind != "limit-reached") continue;
    EXPECT_NE(finding.text.find("leaves out 200 lines of connection 1"), std::string::npos) << finding.text;
  }
}

// Goal: many connections together are bounded as well. Method: 120 of them with 900 such lines each.
TEST(StrangeLines, AreBoundedForAllConnectionsTogether) {
  Play play;
  std::string lines;
  for (int count = 0; count < 900; ++count) lines += "A\n";
  for (std::uint64_t number = 1; number <= 120; ++number) {
    play.open(number);
    play.client_bytes(number, lines);
    play.close(number);
  }
  play.finish();
  EXPECT_EQ(
      static_cast<std::uint64_t>(std::count_if(play.found.pdus.begin(), play.found.pdus.end(),
                                               [](const Collected::Pdu& pdu) { return pdu.verb == "A"; })),
      TalkAnalyzer::kStrangeRowSumMax);
  EXPECT_EQ(play.found.count("limit-reached"), 9u) << "the first 111 connections had their rows";
}

}  // namespace
}  // namespace plaintalk::analyzer
