#include "analyzer/tables/table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

#include "base/check.hpp"
#include "base/text.hpp"

namespace plaintalk::analyzer {

const Table* find_table(std::string_view name) {
  const auto& all = tables();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Table& table) { return table.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string_view unit_of(CellType type) {
  switch (type) {
    case CellType::text: return "text";
    case CellType::integer: return "integer";
    case CellType::microseconds: return "µs";
    case CellType::seconds: return "s";
    case CellType::time: return "epoch s";
  }
  return "?";
}

namespace {

// What the last row was made of, for the next one.
struct Spare {
  std::vector<Cell> cells;
  std::string texts;
};
Spare& spare() {
  thread_local Spare spare;
  return spare;
}

}  // namespace

Row::Row(const Table& table)
    : table_(table), cells_(std::exchange(spare().cells, {})), texts_(std::exchange(spare().texts, {})) {
  cells_.clear();
  texts_.clear();
  cells_.reserve(table.columns.size());
}

Row::Row(const Table& table, std::span<const Cell> cells, std::string_view texts) : Row(table) {
  cells_.assign(cells.begin(), cells.end());
  texts_ = texts;
}

Row::~Row() {
  constexpr std::size_t kSpareTextMax = 1 << 16;
  if (cells_.capacity() == 0 || texts_.capacity() > kSpareTextMax) return;  // moved from, or a giant
  spare().cells = std::move(cells_);
  spare().texts = std::move(texts_);
}

Row& Row::add(CellType type, bool present, std::int64_t number) {
  check(cells_.size() < table_.columns.size(), "a row has no more cells than its table has columns");
  check(table_.columns[cells_.size()].type == type, "a cell has the type of its column");
  cells_.push_back({present, texts_.size(), number});
  return *this;
}

Row& Row::text(std::string_view value) {
  add(CellType::text, !value.empty(), 0);
  append_table_text(texts_, value);
  cells_.back().text_end = texts_.size();
  return *this;
}

Row& Row::integer(std::uint64_t value) {
  // SQLite's integers are signed; nothing that is counted here comes near the edge.
  return add(CellType::integer, true, static_cast<std::int64_t>(std::min<std::uint64_t>(value, INT64_MAX)));
}

Row& Row::integer(std::optional<std::uint64_t> value) {
  return value ? integer(*value) : add(CellType::integer, false, 0);
}

Row& Row::signed_integer(std::int64_t value) { return add(CellType::integer, true, value); }

Row& Row::microseconds(std::optional<Nanoseconds> value) {
  return add(CellType::microseconds, value.has_value(), value ? value->count() : 0);
}

Row& Row::seconds(std::optional<Nanoseconds> value) {
  return add(CellType::seconds, value.has_value(), value ? value->count() : 0);
}

Row& Row::time(std::optional<WallTime> value) {
  return add(CellType::time, value.has_value(), value ? value->time_since_epoch().count() : 0);
}

Row Row::without_header_figures() const {
  Row rest(table_);
  for (std::size_t index = 0; index < cells_.size(); ++index) {
    const bool is_left_out = table_.columns[index].is_of_headers;
    if (!is_left_out) rest.texts_ += text(index);
    rest.cells_.push_back(is_left_out ? Cell{} : cells_[index]);
    rest.cells_.back().text_end = rest.texts_.size();
  }
  return rest;
}

std::span<const Cell> Row::cells() const {
  check(cells_.size() == table_.columns.size(), "a row has a cell for every column");
  return cells_;
}

void append_number(std::string& out, const Cell& cell, CellType type) {
  if (!cell.present) return;
  std::array<char, 24> digits{};
  const auto whole = [&](auto number) {
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
  };
  if (type == CellType::integer) return whole(cell.number);
  // Negating in unsigned arithmetic keeps the most negative value defined.
  const auto magnitude = cell.number < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(cell.number)
                                         : static_cast<std::uint64_t>(cell.number);
  const std::uint64_t unit = type == CellType::microseconds ? 1'000 : 1'000'000'000;
  if (cell.number < 0) out += '-';
  whole(magnitude / unit);
  out += '.';
  std::uint64_t rest = magnitude % unit;
  for (std::uint64_t place = unit / 10; place > 0; place /= 10) {
    out += static_cast<char>('0' + rest / place);
    rest %= place;
  }
}

std::string table_text(std::string_view text) {
  std::string out;
  append_table_text(out, text);
  return out;
}

void append_table_text(std::string& out, std::string_view text) {
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F;
  };
  if (std::all_of(text.begin(), text.end(), is_plain)) {
    out += text;
    return;
  }
  const auto escape = [&](unsigned byte) {
    std::array<char, 8> escaped{};
    const int length = std::snprintf(escaped.data(), escaped.size(), "\\x%02x", byte);
    out.append(escaped.data(), static_cast<std::size_t>(length));
  };
  while (!text.empty()) {
    const std::size_t good = utf8_prefix_size(text);
    for (std::size_t at = 0; at < good; ++at) {
      const auto byte = static_cast<unsigned char>(text[at]);
      const bool is_c1 = byte == 0xC2 && at + 1 < good && static_cast<unsigned char>(text[at + 1]) < 0xA0;
      if (is_c1) {
        escape(byte);
        escape(static_cast<unsigned char>(text[++at]));
      } else if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F) {
        escape(byte);
      } else {
        out += text[at];
      }
    }
    text.remove_prefix(good);
    if (!text.empty()) {
      escape(static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
    }
  }
}

}  // namespace plaintalk::analyzer
