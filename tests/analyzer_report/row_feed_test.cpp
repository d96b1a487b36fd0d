// Rows that are written in another thread are those that were given, in their order.
#include "analyzer/run/row_feed.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analyzer/tables/csv_tables.hpp"

namespace plaintalk::analyzer {
namespace {

const Table& table_named(std::string_view name) { return *find_table(name); }

// Its cells say which row it is.
Row row_number(std::uint64_t number, std::size_t text_size = 10) {
  const Table& table = table_named(number % 3 == 0 ? "rooms" : "findings");
  Row row(table);
  for (const Column& column : table.columns) {
    switch (column.type) {
      case CellType::text: row.text(std::to_string(number) + std::string(text_size, 'x')); break;
      case CellType::integer: row.integer(number); break;
      case CellType::microseconds: row.microseconds(Nanoseconds(number)); break;
      case CellType::seconds:
        row.seconds(number % 2 == 0 ? std::nullopt : std::optional(Nanoseconds(number)));
        break;
      case CellType::time: row.time(WallTime(Nanoseconds(number))); break;
    }
  }
  return row;
}

class Lines : public RowSink {
 public:
  void row(const Row& row) override {
    if (lines.size() == fails_at) throw std::runtime_error("no space");
    lines.push_back(std::string(row.table().name) + ' ' + csv_line(row));
  }
  bool wants(const Table& table) const override { return table.name == "rooms"; }
  std::vector<std::string> lines;
  std::size_t fails_at = ~std::size_t{0};
};

TEST(RowFeed, GivesTheRowsThatItGot) {
  constexpr std::uint64_t kCount = 20'000;
  Lines here;
  Lines first;
  Lines second;
  RowFeed feed({&first, &second});
  for (std::uint64_t number = 1; number <= kCount; ++number) {
    const Row row = row_number(number, number == 7 ? 3 * RowFeed::kBytesPerBlock : 10);
    here.row(row);
    feed.row(row);
    if (number == 1 || number == kCount / 2) {  // as when a table is left out in the middle
      feed.finish_rows();
      ASSERT_EQ(first.lines.size(), number);
    }
  }
  feed.finish_rows();
  feed.finish_rows();
  EXPECT_EQ(first.lines, here.lines);
  EXPECT_EQ(second.lines, here.lines);
  EXPECT_TRUE(feed.wants(table_named("rooms")));
  EXPECT_FALSE(feed.wants(table_named("findings")));
}

// Goal: a full disk ends the analysis, whenever it is noticed, and keeps nobody waiting.
TEST(RowFeed, HandsOnWhatStopsASink) {
  Lines full;
  full.fails_at = 100;
  RowFeed feed({&full});
  const auto write_much = [&] {
    for (std::uint64_t number = 1; number <= 200'000; ++number) feed.row(row_number(number));
  };
  EXPECT_THROW(write_much(), std::runtime_error);
  EXPECT_THROW(feed.finish_rows(), std::runtime_error) << "and again";

  Lines full_at_the_end;
  full_at_the_end.fails_at = 1;
  RowFeed few({&full_at_the_end});
  few.row(row_number(1));
  few.row(row_number(2));
  EXPECT_THROW(few.finish_rows(), std::runtime_error);
}

TEST(RowFeed, StopsWhenNobodyWantsMore) {
  Lines sink;
  RowFeed feed({&sink});
  for (std::uint64_t number = 1; number <= 10'000; ++number) feed.row(row_number(number));
}

}  // namespace
}  // namespace plaintalk::analyzer
