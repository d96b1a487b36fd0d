#include "labs/marking/answer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/endpoint.hpp"
#include "base/number.hpp"
#include "labs/course/letters.hpp"
#include "labs/marking/pasted_text.hpp"
#include "labs/marking/read_number.hpp"
#include "labs/marking/units.hpp"

namespace plaintalk::labs {
namespace {

using Readings = std::expected<std::vector<Reading>, std::string>;

std::string_view without_quotes(std::string_view text) {
  constexpr std::array<std::string_view, 8> kMarks{
      "\"", "'", "`", "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E", "\xC2\xAB", "\xC2\xBB"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view mark : kMarks) {
      if (text.size() > mark.size() && text.starts_with(mark)) {
        text.remove_prefix(mark.size());
        again = true;
      }
      if (text.size() > mark.size() && text.ends_with(mark)) {
        text.remove_suffix(mark.size());
        again = true;
      }
    }
  }
  return text;
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Readings read_quantity(const Question& question, std::string_view given) {
  std::string text = lower_case(given);
  // "packet 12", "frame #12", "no. 12", "~ 12"
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view word :
         {"packet", "frame", "number", "no.", "nr.", "#", "~", "about", "=", "port"}) {
      const std::string_view rest = trimmed(text);
      if (rest.starts_with(word)) {
        text = std::string(rest.substr(word.size()));
        again = true;
      }
    }
  }
  const NumberReading number = read_number(text);
  if (number.values.empty()) {
    const std::string example = question.unit.empty() ? "1234" : "1234 " + question.unit;
    return std::unexpected("'" + std::string(trimmed(given)) + "' is no number; write it like " + example);
  }
  double factor = 1;
  // "4711 or 4712" is no answer: whoever may guess twice has not measured.
  const bool is_glued = !number.rest.empty() && !is_blank(text[text.rfind(number.rest) - 1]);
  const bool holds_digits = number.rest.find_first_of("0123456789") != number.rest.npos;
  if (holds_digits && !(is_glued && is_hex(number.rest)))
    return std::unexpected("'" + std::string(trimmed(given)) + "' holds more than one number: write one");
  if (const auto unit = find_leading_unit(number.rest)) {
    const auto wanted = find_unit(question.unit);
    if (question.unit.empty() || !wanted) {
      return std::unexpected("this is a plain number" +
                             (question.unit.empty() ? "" : " of " + question.unit) + ", without '" +
                             number.rest + "'");
    }
    if (wanted->family != unit->family)
      return std::unexpected("'" + number.rest + "' does not fit: the question asks for " + question.unit);
    factor = unit->factor / wanted->factor;
  } else if (!number.rest.empty() && is_hex(number.rest) && is_glued) {
    // "1f1f54a8" is no 1 with a word behind it.
    return std::unexpected("'" + std::string(trimmed(given)) + "' is hexadecimal: write 0x before it");
  }
  std::vector<Reading> readings;
  for (const double value : number.values) readings.push_back({value * factor, {}});
  return readings;
}

// "b", "b)", "(B)", or the text, or the only one that begins so.
Readings read_choice(const Question& question, std::string_view given) {
  const std::string text = folded(given);
  std::string letter;
  for (const char c : text)
    if (c != '(' && c != ')' && c != '.') letter += c;
  const auto reading = [&](std::size_t place) {
    return std::vector<Reading>{{0, folded(question.choices[place])}};
  };
  if (letter.size() == 1 && letter.front() >= 'a') {
    const auto place = static_cast<std::size_t>(letter.front() - 'a');
    if (place < question.choices.size()) return reading(place);
  }
  std::optional<std::size_t> begins;
  for (std::size_t place = 0; place < question.choices.size(); ++place) {
    const std::string choice = folded(question.choices[place]);
    if (choice == text) return reading(place);
    if (text.size() >= 2 && choice.starts_with(text)) begins = begins ? question.choices.size() : place;
  }
  if (begins && *begins < question.choices.size()) return reading(*begins);
  std::string all;
  for (std::size_t place = 0; place < question.choices.size(); ++place)
    all += std::string(all.empty() ? "" : ", ") + static_cast<char>('a' + place) + ") " +
           question.choices[place];
  return std::unexpected("choose one of: " + all);
}

std::string read_set(std::string_view given) {
  std::string text(given);
  const bool has_separator = text.find_first_of(",;\n") != text.npos || text.contains(" and ");
  for (std::size_t at = text.find(" and "); at != text.npos; at = text.find(" and ", at))
    text.replace(at, 5, ",");
  std::vector<std::string> members;
  std::string member;
  const auto finish = [&] {
    const std::string normal = folded(member);
    if (!normal.empty()) members.push_back(normal);
    member.clear();
  };
  for (const char c : text) {
    if (c == ',' || c == ';' || c == '\n' || (!has_separator && is_blank(c)))
      finish();
    else
      member += c;
  }
  finish();
  std::ranges::sort(members);
  const auto [first, last] = std::ranges::unique(members);
  members.erase(first, last);
  std::string joined;
  for (const std::string& each : members) joined += (joined.empty() ? "" : ",") + each;
  return joined;
}

// "010.0.0.011" -> "10.0.0.11": leading zeros are how people align addresses.
std::string without_leading_zeros(std::string_view address) {
  std::string plain;
  for (std::size_t place = 0; place < address.size(); ++place) {
    const bool begins_number = place == 0 || address[place - 1] == '.';
    const bool digit_follows =
        place + 1 < address.size() && address[place + 1] >= '0' && address[place + 1] <= '9';
    if (address[place] == '0' && digit_follows && (begins_number || plain.empty() || plain.back() == '.'))
      continue;
    plain += address[place];
  }
  return plain;
}

// "::ffff:a00:b" -> "10.0.0.11"
std::string dotted_if_mapped(const std::string& host) {
  const auto address = parse_address(host);
  if (!address) return host;
  constexpr std::string_view kMapped = "::ffff:";
  const std::string text = render(*address);
  return text.starts_with(kMapped) && text.contains('.') ? text.substr(kMapped.size()) : host;
}

// "10.0.0.11" or "10.0.0.11:4711".
std::expected<std::string, std::string> read_address(std::string_view given) {
  std::string text = lower_case(trimmed(given));
  // tcpdump writes the port as a fifth number: 10.0.0.11.4711
  if (std::ranges::count(text, '.') == 4 && !text.contains(':')) text[text.rfind('.')] = ':';
  for (const std::string_view word : {" port ", ", port ", " : "})
    if (const std::size_t at = text.find(word); at != text.npos) text.replace(at, word.size(), ":");
  std::string host = text;
  std::string port;
  if (text.starts_with('[') && text.contains(']')) {
    host = text.substr(1, text.find(']') - 1);
    const std::string rest = text.substr(text.find(']') + 1);
    if (rest.starts_with(':')) port = rest.substr(1);
  } else if (std::ranges::count(text, ':') == 1) {
    host = text.substr(0, text.find(':'));
    port = text.substr(text.find(':') + 1);
  }
  if (host.starts_with("::ffff:") && host.contains('.')) host = host.substr(7);
  const bool is_dotted = host.contains('.') && !host.contains(':');
  const auto address = parse_address(is_dotted ? without_leading_zeros(host) : dotted_if_mapped(host));
  const auto number = parse_decimal<std::uint16_t>(port);
  if (!address || (!port.empty() && !number))
    return std::unexpected("'" + std::string(trimmed(given)) +
                           "' is no address; write it like 192.0.2.1 or 192.0.2.1:4711");
  return render(*address) + (number ? ' ' + std::to_string(*number) : "");
}

std::expected<std::string, std::string> read_bytes(std::string_view given) {
  std::string digits;
  const std::string text = folded(given);
  for (std::size_t place = 0; place < text.size(); ++place) {
    const char c = text[place];
    const bool is_prefix = (c == '0' && place + 1 < text.size() && text[place + 1] == 'x') ||
                           (c == '\\' && place + 1 < text.size() && text[place + 1] == 'x');
    if (is_prefix) {
      ++place;
    } else if (!is_blank(c) && c != ':' && c != ',' && c != '-') {
      digits += c;
    }
  }
  if (digits.empty() || digits.size() % 2 != 0 || !is_hex(digits))
    return std::unexpected("write the bytes in hexadecimal, two digits each: 48 65 6c 6c 6f");
  return digits;
}

std::expected<std::string, std::string> read_sha256(std::string_view given) {
  constexpr std::size_t kWhole = 64;
  constexpr std::size_t kEnough = 16;
  std::string digits = lower_case(trimmed(given));
  if (digits.starts_with("sha256:")) digits = digits.substr(7);
  // A whole line of sha256sum: the digest, and the file's name.
  if (digits.size() > kWhole && is_hex(digits.substr(0, kWhole)) && is_blank(digits[kWhole]))
    digits.resize(kWhole);
  while (digits.ends_with('.')) digits.pop_back();  // "c5aa511b26258f55..."
  std::erase_if(digits, is_blank);
  if (digits.size() < kEnough || digits.size() > kWhole || !is_hex(digits))
    return std::unexpected("a SHA-256 has 64 hexadecimal digits; the first 16 are enough");
  return digits;
}

Readings one(std::expected<std::string, std::string> text) {
  if (!text) return std::unexpected(text.error());
  return std::vector<Reading>{{0, *std::move(text)}};
}

}  // namespace

bool is_number(AnswerKind kind) {
  return kind == AnswerKind::integer || kind == AnswerKind::decimal || kind == AnswerKind::packet;
}

std::string folded(std::string_view text) {
  std::string result;
  std::string_view bare = trimmed(without_quotes(trimmed(text)));
  if (bare.size() > 1 && (bare.front() == '#' || bare.front() == '@')) bare.remove_prefix(1);
  while (bare.size() > 1 && bare.back() == '.') bare.remove_suffix(1);
  for (const char c : bare) {
    if (is_blank(c)) {
      if (!result.empty() && result.back() != ' ') result += ' ';
    } else {
      result += lower_case(c);
    }
  }
  return result;
}

Readings read_answer(const Question& question, std::string_view written) {
  // What is longer answers none of these, and reading it in all its possible ways may take for ever.
  constexpr std::size_t kSizeMax = 4096;
  if (written.size() > kSizeMax)
    return std::unexpected("this is longer than any answer (" + std::to_string(kSizeMax) + " bytes)");
  const std::string given = without_invisible(written);
  if (is_number(question.kind)) return read_quantity(question, given);
  switch (question.kind) {
    case AnswerKind::choice: return read_choice(question, given);
    case AnswerKind::set: return one(read_set(given));
    case AnswerKind::address: return one(read_address(given));
    case AnswerKind::bytes: return one(read_bytes(given));
    case AnswerKind::sha256: return one(read_sha256(given));
    default: return one(folded(given));
  }
}

std::expected<Reading, std::string> read_key(const Question& question, std::string_view value) {
  if (is_number(question.kind)) {
    const NumberReading number = read_number(value);
    if (number.values.empty() || !number.rest.empty())
      return std::unexpected("its key '" + std::string(value) + "' is no number");
    return Reading{number.values.front(), {}};
  }
  const auto readings = read_answer(question, value);
  if (!readings) return std::unexpected("its key '" + std::string(value) + "': " + readings.error());
  return readings->front();
}

bool agrees(const Question& question, const Reading& answer, const Reading& key) {
  if (is_number(question.kind)) {
    constexpr double kRounding = 1e-9;  // of the conversions between units
    const double allowed =
        question.kind == AnswerKind::decimal
            ? std::max(question.tolerance, std::abs(key.number) * question.tolerance_percent / 100)
            : 0;
    return std::abs(answer.number - key.number) <= allowed + kRounding * std::abs(key.number);
  }
  if (question.kind == AnswerKind::sha256) return key.text.starts_with(answer.text);
  // A port is compared only where the question is about one.
  if (question.kind == AnswerKind::address && !key.text.contains(' '))
    return answer.text.substr(0, answer.text.find(' ')) == key.text;
  return answer.text == key.text;
}

}  // namespace plaintalk::labs
