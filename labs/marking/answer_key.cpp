#include "labs/marking/answer_key.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/number.hpp"

namespace plaintalk::labs {
namespace {

constexpr std::size_t kRowCountMax = 10'000;

void bind(SqliteStatement& statement, int place, const std::string& value) {
  if (const auto number = parse_decimal<std::uint64_t>(value); number && std::to_string(*number) == value)
    statement.bind(place, static_cast<std::int64_t>(*number));
  else
    statement.bind(place, value);
}

}  // namespace

AnswerKey::AnswerKey(const std::filesystem::path& analysis_folder, Values values,
                     const DescriptionRule& description, Nanoseconds time_limit)
    : database_(analysis_folder / "analysis.sqlite", SqliteDatabase::Mode::immutable),
      values_(std::move(values)),
      time_limit_(time_limit) {
  allow_reading_only(database_);
  is_synthetic_ = ask("SELECT max(synthetic) FROM captures") == std::vector<std::string>{"1"};
  for (const DescriptionRule::Check& check : description.checks) {
    const std::vector<std::string> rows = ask(check.wrong);
    if (rows.empty()) continue;
    description_fault_ = fill_in(check.says, values_);
    if (const auto packet = parse_decimal<std::uint64_t>(rows.front()))
      description_fault_ += " (packet " + std::to_string(*packet) + ')';
    return;
  }
}

std::vector<std::string> AnswerKey::ask(const std::string& sql) const {
  const SqliteTimeLimit time_limit(database_, time_limit_);
  SqliteStatement statement = database_.prepare(sql);
  if (statement.handle() == nullptr) throw std::runtime_error("there is no query in '" + sql + '\'');
  for (int place = 1; place <= statement.parameter_count(); ++place) {
    const std::string name = statement.parameter_name(place);
    const auto value = name.empty() ? values_.end() : values_.find(name.substr(1));
    if (value == values_.end()) throw std::runtime_error("the variant has no value for " + name);
    bind(statement, place, value->second);
  }
  std::vector<std::string> values;
  for (std::size_t row = 0; row < kRowCountMax && statement.next(); ++row) {
    SqliteCell cell = cell_of(statement, 0);
    if (cell.kind == SqliteCell::Kind::null || std::ranges::find(values, cell.text) != values.end()) continue;
    values.push_back(std::move(cell.text));
  }
  return values;
}

std::optional<std::uint64_t> AnswerKey::packet(const std::string& sql) const {
  if (sql.empty()) return std::nullopt;
  const std::vector<std::string> values = ask(sql);
  if (values.empty()) return std::nullopt;
  return parse_decimal<std::uint64_t>(values.front());
}

}  // namespace plaintalk::labs
