#include "analyzer/select/filter_token.hpp"

#include <array>
#include <utility>

namespace plaintalk::analyzer {
namespace {

// The longer ones first.
constexpr std::array<std::pair<std::string_view, FilterToken::Kind>, 11> kSigns{
    {{"==", FilterToken::Kind::comparison},
     {"!=", FilterToken::Kind::comparison},
     {"<=", FilterToken::Kind::comparison},
     {">=", FilterToken::Kind::comparison},
     {"&&", FilterToken::Kind::conjunction},
     {"||", FilterToken::Kind::disjunction},
     {"<", FilterToken::Kind::comparison},
     {">", FilterToken::Kind::comparison},
     {"!", FilterToken::Kind::negation},
     {"(", FilterToken::Kind::open},
     {")", FilterToken::Kind::close}}};
constexpr std::array<std::pair<std::string_view, FilterToken::Kind>, 4> kWords{
    {{"and", FilterToken::Kind::conjunction},
     {"or", FilterToken::Kind::disjunction},
     {"not", FilterToken::Kind::negation},
     {"contains", FilterToken::Kind::comparison}}};

bool ends_word(char character) {
  return std::string_view(" \t\n\r()\"!=<>&|").find(character) != std::string_view::npos;
}

// A quote or a backslash in it has a backslash before it.
FilterToken quoted(std::string_view filter, std::size_t begin) {
  FilterToken token{FilterToken::Kind::quoted, {}, begin};
  for (std::size_t at = begin + 1; at < filter.size(); ++at) {
    if (filter[at] == '"') return token;
    if (filter[at] == '\\' && at + 1 < filter.size()) ++at;
    token.text += filter[at];
  }
  throw FilterError(begin, "the quote is never closed");
}

std::size_t size_of(const FilterToken& token, std::string_view filter) {
  if (token.kind != FilterToken::Kind::quoted) return token.text.size();
  std::size_t at = token.offset + 1;
  while (filter[at] != '"') at += filter[at] == '\\' ? 2U : 1U;
  return at + 1 - token.offset;
}

FilterToken sign_or_word(std::string_view filter, std::size_t begin) {
  for (const auto& [sign, kind] : kSigns)
    if (filter.substr(begin).starts_with(sign)) return {kind, std::string(sign), begin};
  std::size_t end = begin;
  while (end < filter.size() && !ends_word(filter[end])) ++end;
  if (end == begin)
    throw FilterError(begin, filter[begin] == '=' ? "compare with ==" : "write && for and, || for or");
  const std::string_view word = filter.substr(begin, end - begin);
  for (const auto& [name, kind] : kWords)
    if (word == name) return {kind, std::string(word), begin};
  return {FilterToken::Kind::word, std::string(word), begin};
}

}  // namespace

FilterError::FilterError(std::size_t offset, const std::string& what)
    : std::runtime_error("--filter, character " + std::to_string(offset + 1) + ": " + what) {}

std::vector<FilterToken> filter_tokens(std::string_view filter) {
  std::vector<FilterToken> tokens;
  std::size_t at = 0;
  while (at < filter.size()) {
    if (std::string_view(" \t\n\r").find(filter[at]) != std::string_view::npos) {
      ++at;
      continue;
    }
    tokens.push_back(filter[at] == '"' ? quoted(filter, at) : sign_or_word(filter, at));
    at += size_of(tokens.back(), filter);
  }
  tokens.push_back({FilterToken::Kind::end, {}, filter.size()});
  return tokens;
}

}  // namespace plaintalk::analyzer
