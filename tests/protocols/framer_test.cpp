// Units out of streams, however the stream is cut, and with holes in it.
#include "analyzer/talk/described/framer.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analyzer/protocols/re2_pattern.hpp"

namespace plaintalk::analyzer::described {
namespace {

constexpr WallTime kStart{};

struct Taken {
  std::string content;
  std::string status;
  std::uint64_t offset = 0;
  bool operator==(const Taken&) const = default;
};
void PrintTo(const Taken& taken, std::ostream* out) {
  *out << taken.status << '@' << taken.offset << ':' << taken.content.substr(0, 40);
}

void take_all(Framer& framer, std::vector<Taken>& units) {
  while (const auto unit = framer.next())
    units.push_back({std::string(unit->content), std::string(unit->status), unit->offset});
}

std::vector<Taken> units_of(const Framing& framing, std::string_view stream, std::size_t piece) {
  Framer framer(framing, false);
  std::vector<Taken> units;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    framer.feed(stream.substr(at, piece), kStart);
    take_all(framer, units);
  }
  framer.end();
  take_all(framer, units);
  return units;
}

Framing by_length(std::size_t size, Framing::Order order, bool counts_itself = false) {
  Framing framing;
  framing.kind = Framing::Kind::length;
  framing.prefix_size = size;
  framing.order = order;
  framing.counts_itself = counts_itself;
  return framing;
}

std::string bytes(std::initializer_list<int> values, std::string_view rest = {}) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text + std::string(rest);
}

// Every way to cut a stream gives the same units.
void expect_units(const Framing& framing, const std::string& stream, const std::vector<Taken>& units) {
  for (std::size_t piece = 1; piece <= stream.size(); ++piece)
    EXPECT_EQ(units_of(framing, stream, piece), units) << "in pieces of " << piece;
}

TEST(Framer, LinesEndWithLineFeedAndWithOrWithoutReturn) {
  expect_units({}, "one\r\ntwo\n\nlast",
               {{"one", "ok", 0}, {"two", "ok", 5}, {"", "ok", 9}, {"last", "ok", 10}});
}

TEST(Framer, AnyBytesMayEndAUnit) {
  Framing framing;
  framing.kind = Framing::Kind::delimiter;
  framing.delimiter = "<end>";
  expect_units(framing, "a<b<end><<end>c", {{"a<b", "ok", 0}, {"<", "ok", 8}, {"c", "ok", 14}});
}

TEST(Framer, ALineAnnouncesBytesThatFollow) {
  Framing framing;
  framing.body_size = *make_pattern(R"(^PUB \S+ (\d+)$)");
  framing.body_end = "\r\n";
  expect_units(framing, "PUB a 4\r\nx\r\ny\r\nPING\r\n", {{"PUB a 4", "ok", 0}, {"PING", "ok", 15}});
  Framer framer(framing, false);
  framer.feed("PUB a 4\r\nx\r\ny\r\n", kStart);
  EXPECT_EQ(framer.next()->body, "x\r\ny");
  EXPECT_EQ(units_of(framing, "PUB a 2\r\nabcd\r\nPING\r\n", 5)[0].status, "bad-length");
}

TEST(Framer, LengthsOfEverySizeInBothOrders) {
  using enum Framing::Order;
  expect_units(by_length(1, big), bytes({3}, "abc") + bytes({0}) + bytes({1}, "x"),
               {{"abc", "ok", 0}, {"", "ok", 4}, {"x", "ok", 5}});
  expect_units(by_length(2, big), bytes({0, 3}, "abc"), {{"abc", "ok", 0}});
  expect_units(by_length(2, little), bytes({3, 0}, "abc"), {{"abc", "ok", 0}});
  expect_units(by_length(4, big), bytes({0, 0, 0, 3}, "abc"), {{"abc", "ok", 0}});
  expect_units(by_length(8, little), bytes({3, 0, 0, 0, 0, 0, 0, 0}, "abc"), {{"abc", "ok", 0}});
  expect_units(by_length(4, big, true), bytes({0, 0, 0, 7}, "abc"), {{"abc", "ok", 0}});
  expect_units(by_length(10, text), "5         hello2         hi", {{"hello", "ok", 0}, {"hi", "ok", 15}});
  Framing typed = by_length(2, big);
  typed.prefix_offset = 1;
  expect_units(typed, bytes({'T', 0, 2}, "ab"), {{bytes({'T', 0, 2}, "ab"), "ok", 0}});
}

TEST(Framer, ALengthThatCannotBeIsPassedOverAndNeverHeld) {
  using enum Framing::Order;
  const auto huge = units_of(by_length(8, big), std::string(8, '\xff') + std::string(100'000, 'x'), 1000);
  ASSERT_EQ(huge.size(), 1u);
  EXPECT_EQ(huge[0].status, "too-long");
  const Framing eight = by_length(8, big);
  Framer framer(eight, false);
  framer.feed(std::string(8, '\xff'), kStart);
  static_cast<void>(framer.next());
  for (int i = 0; i < 1000; ++i) {
    framer.feed(std::string(10'000, 'x'), kStart);
    EXPECT_FALSE(framer.next());
  }
  EXPECT_LT(framer.held_size(), 64u << 10);
  // Behind one that is only longer than allowed, reading goes on.
  Framing small = by_length(2, big);
  small.unit_size_max = 10;
  expect_units(small, bytes({0, 11}, "01234567890") + bytes({0, 2}, "ok"),
               {{bytes({0, 11}), "too-long", 0}, {"ok", "ok", 13}});
  EXPECT_EQ(units_of(by_length(4, big, true), bytes({0, 0, 0, 1}, "abc"), 7)[0].status, "bad-length");
  EXPECT_EQ(units_of(by_length(4, text), "12x4abc", 7)[0].status, "bad-length");
}

TEST(Framer, AnEndlessLineIsNotHeld) {
  Framing framing;
  framing.unit_size_max = 1000;
  Framer framer(framing, false);
  std::vector<Taken> units;
  for (int i = 0; i < 100'000; ++i) {
    framer.feed("x", kStart);
    take_all(framer, units);
  }
  framer.feed("\nnext\n", kStart);
  take_all(framer, units);
  ASSERT_EQ(units.size(), 2u);
  EXPECT_EQ(units[0].status, "too-long");
  EXPECT_EQ(units[1], (Taken{"next", "ok", 100'001}));
  EXPECT_LT(framer.held_size(), 4000u);
}

TEST(Framer, FixedSizeAndPauses) {
  Framing fixed;
  fixed.kind = Framing::Kind::fixed;
  fixed.fixed_size = 3;
  expect_units(fixed, "abcdefg", {{"abc", "ok", 0}, {"def", "ok", 3}, {"g", "unfinished", 6}});
  Framing idle;
  idle.kind = Framing::Kind::idle;
  idle.idle = Milliseconds(10);
  Framer framer(idle, false);
  std::vector<Taken> units;
  framer.feed("ab", kStart);
  framer.feed("c", kStart + Milliseconds(10));
  take_all(framer, units);
  EXPECT_TRUE(units.empty());
  framer.feed("d", kStart + Milliseconds(21));
  take_all(framer, units);
  framer.end();
  take_all(framer, units);
  EXPECT_EQ(units, (std::vector<Taken>{{"abc", "ok", 0}, {"d", "ok", 3}}));
}

std::vector<Taken> with_hole(const Framing& framing, std::string_view before, std::uint64_t hole,
                             std::string_view after) {
  Framer framer(framing, false);
  std::vector<Taken> units;
  framer.feed(before, kStart);
  take_all(framer, units);
  framer.gap(hole);
  take_all(framer, units);
  framer.feed(after, kStart);
  take_all(framer, units);
  framer.end();
  take_all(framer, units);
  return units;
}

TEST(Framer, AfterAHoleItGoesOnWhereTheFramingAllows) {
  EXPECT_EQ(with_hole({}, "one\ntw", 5, "ee\nfour\n"),
            (std::vector<Taken>{{"one", "ok", 0}, {"tw", "gap", 4}, {"four", "ok", 14}}));
  // The hole lies inside a unit whose length is known.
  const Framing length = by_length(1, Framing::Order::big);
  EXPECT_EQ(with_hole(length, bytes({6}, "ab"), 2, "ef" + bytes({1}, "x")),
            (std::vector<Taken>{{bytes({6}, "ab"), "gap", 0}, {"x", "ok", 7}}));
  // It may hold the next length: nothing behind it can be told apart.
  EXPECT_EQ(with_hole(length, bytes({3}, "ab"), 2, bytes({1}, "x")).size(), 1u);
  Framing fixed;
  fixed.kind = Framing::Kind::fixed;
  fixed.fixed_size = 4;
  EXPECT_EQ(with_hole(fixed, "abcdef", 4, "34next"),
            (std::vector<Taken>{{"abcd", "ok", 0}, {"ef", "gap", 4}, {"next", "ok", 12}}));
}

TEST(Framer, AStreamThatBeganEarlierMarksWhatMayBeCut) {
  const Framing framing;
  Framer framer(framing, true);
  framer.feed("d of a line\nwhole\n", kStart);
  EXPECT_EQ(framer.next()->status, "cut");
  EXPECT_EQ(framer.next()->status, "ok");
}

}  // namespace
}  // namespace plaintalk::analyzer::described
