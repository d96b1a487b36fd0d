#include "analyzer/select/filter.hpp"

#include <cctype>
#include <charconv>
#include <cstddef>
#include <utility>

#include "analyzer/select/filter_field.hpp"
#include "analyzer/select/filter_token.hpp"
#include "base/text.hpp"
#include "base/typing.hpp"

namespace plaintalk::analyzer {
namespace {

// SQLite's own bound is 1,000 levels of an expression, each of ours takes a few.
constexpr std::size_t kDepthMax = 100;
constexpr std::size_t kComparisonCountMax = 200;

std::string known_fields() {
  std::string names;
  for (const FilterField& field : filter_fields())
    names += (names.empty() ? "" : ", ") + std::string(field.name);
  return names;
}

double number_of(const FilterToken& token, const FilterField& field) {
  double value = 0;
  const char* const end = token.text.data() + token.text.size();
  const auto [stop, error] = std::from_chars(token.text.data(), end, value);
  if (error != std::errc() || stop != end)
    throw FilterError(token.offset, "'" + std::string(field.name) + "' is a number (" +
                                        std::string(field.meaning) + "), '" + terminal_safe(token.text) +
                                        "' is none");
  return value;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(filter_tokens(text)) {}

  Filter parse() {
    if (now().kind == FilterToken::Kind::end) {
      filter_.condition = "1";
      return std::move(filter_);
    }
    filter_.condition = any();
    if (now().kind != FilterToken::Kind::end)
      fail("there is more than one condition here: join them with && or ||");
    return std::move(filter_);
  }

 private:
  const FilterToken& now() const { return tokens_[at_]; }
  FilterToken take() { return tokens_[at_++]; }
  bool takes(FilterToken::Kind kind) {
    if (now().kind != kind) return false;
    ++at_;
    return true;
  }
  [[noreturn]] void fail(const std::string& what) const { throw FilterError(now().offset, what); }

  std::string any() {
    std::string sql = all();
    while (takes(FilterToken::Kind::disjunction)) sql += " OR " + all();
    return '(' + sql + ')';
  }
  std::string all() {
    std::string sql = one();
    while (takes(FilterToken::Kind::conjunction)) sql += " AND " + one();
    return '(' + sql + ')';
  }
  std::string one() {
    if (++depth_ > kDepthMax) fail("this is nested more than " + std::to_string(kDepthMax) + " times");
    std::string sql;
    if (takes(FilterToken::Kind::negation)) {
      sql = "(NOT " + one() + ')';
    } else if (takes(FilterToken::Kind::open)) {
      sql = any();
      if (!takes(FilterToken::Kind::close)) fail("a closing parenthesis is missing");
    } else {
      sql = comparison();
    }
    --depth_;
    return sql;
  }

  std::string comparison() {
    if (++comparison_count_ > kComparisonCountMax)
      fail("a filter has at most " + std::to_string(kComparisonCountMax) + " comparisons");
    const FilterField& field = take_field();
    if (now().kind != FilterToken::Kind::comparison)
      fail("'" + std::string(field.name) + "' has to be compared: ==, !=, <, <=, >, >= or contains");
    const FilterToken sign = take();
    if (now().kind != FilterToken::Kind::word && now().kind != FilterToken::Kind::quoted)
      fail("a value is missing after " + sign.text + "; quote what is no plain word: \"a b\"");
    const FilterToken value = take();
    std::string sql = compare_column(field, field.column, sign, value);
    // Of two sides, one has to be equal; to be unequal, both.
    if (!field.other_column.empty())
      sql += (sign.text == "!=" ? " AND " : " OR ") + compare_column(field, field.other_column, sign, value);
    return '(' + sql + ')';
  }

  std::string compare_column(const FilterField& field, std::string_view column, const FilterToken& sign,
                             const FilterToken& value) {
    filter_.asks_frames = filter_.asks_frames || column.starts_with("u.") || column.starts_with("m.");
    filter_.asks_findings = filter_.asks_findings || column.starts_with("f.");
    return "coalesce(" + compare(field, filter_column_sql(column), sign, value) + ", 0)";
  }

  const FilterField& take_field() {
    if (now().kind != FilterToken::Kind::word)
      fail(now().kind == FilterToken::Kind::end ? "a condition is missing at the end"
                                                : "a field is expected here: " + known_fields());
    if (const FilterField* const field = find_filter_field(now().text)) return ++at_, *field;
    std::vector<std::string_view> names;
    for (const FilterField& field : filter_fields()) names.push_back(field.name);
    const std::string_view meant = nearest_word(now().text, names);
    fail("there is no field '" + terminal_safe(now().text) + "'" +
         (meant.empty() ? "" : ", did you mean '" + std::string(meant) + "'?") +
         "; there are: " + known_fields());
  }

  std::string compare(const FilterField& field, const std::string& column, const FilterToken& sign,
                      const FilterToken& value) {
    const bool is_number = field.kind == FilterField::Kind::number;
    if (is_number && sign.text != "contains") {
      filter_.values.emplace_back(number_of(value, field));
      return '(' + column + ' ' + sign.text + " ?)";
    }
    if (sign.text == "contains" && !is_number) {
      filter_.values.emplace_back(value.text);
      return "instr(" + column + ", ?) > 0";
    }
    if (is_number || (sign.text != "==" && sign.text != "!="))
      throw FilterError(sign.offset, "'" + std::string(field.name) + "' is " +
                                         (is_number ? "a number: contains is for text"
                                                    : "text: compare with ==, != or contains"));
    filter_.values.emplace_back(value.text);
    if (field.kind == FilterField::Kind::text) return '(' + column + ' ' + sign.text + " ?)";
    return "(instr(',' || replace(" + column + ", ' ', '') || ',', ',' || ? || ',') " +
           (sign.text == "==" ? ">" : "=") + " 0)";
  }

  std::vector<FilterToken> tokens_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t comparison_count_ = 0;
  Filter filter_;
};

}  // namespace

Filter parse_filter(std::string_view text) { return Parser(text).parse(); }

}  // namespace plaintalk::analyzer
