#include "analyzer/tables/table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

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

Row& Row::add(CellType type, bool present, std::int64_t number) {
  check(cells_.size() < table_.columns.size(), "a row has no more cells than its table has columns");
  check(table_.columns[cells_.size()].type == type, "a cell has the type of its column");
  cells_.push_back({present, {}, number});
  return *this;
}

Row& Row::text(std::string_view value) {
  add(CellType::text, !value.empty(), 0);
  cells_.back().text = table_text(value);
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
  Row rest = *this;
  for (std::size_t index = 0; index < table_.columns.size(); ++index)
    if (table_.columns[index].is_of_headers) rest.cells_.at(index) = Cell{};
  return rest;
}

std::span<const Cell> Row::cells() const {
  check(cells_.size() == table_.columns.size(), "a row has a cell for every column");
  return cells_;
}

std::string render(const Cell& cell, CellType type) {
  if (!cell.present) return {};
  switch (type) {
    case CellType::text: return cell.text;
    case CellType::integer: return std::to_string(cell.number);
    case CellType::microseconds: {
      const bool negative = cell.number < 0;
      const std::uint64_t size = negative ? std::uint64_t{0} - static_cast<std::uint64_t>(cell.number)
                                          : static_cast<std::uint64_t>(cell.number);
      std::array<char, 40> text{};
      const int length = std::snprintf(text.data(), text.size(), "%s%llu.%03llu", negative ? "-" : "",
                                       static_cast<unsigned long long>(size / 1000),
                                       static_cast<unsigned long long>(size % 1000));
      return {text.data(), static_cast<std::size_t>(length)};
    }
    case CellType::seconds:
    case CellType::time: return render_seconds(Nanoseconds(cell.number));
  }
  return {};
}

std::string table_text(std::string_view text) {
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F;
  };
  if (std::all_of(text.begin(), text.end(), is_plain)) return std::string(text);
  std::string out;
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
  return out;
}

}  // namespace plaintalk::analyzer
