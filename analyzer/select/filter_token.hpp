// The words of a filter, and where each stands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace plaintalk::analyzer {

// What is wrong with a filter, and at which of its characters, counted from 1.
class FilterError : public std::runtime_error {
 public:
  FilterError(std::size_t offset, const std::string& what);
};

struct FilterToken {
  enum class Kind : std::uint8_t {
    word,
    quoted,
    comparison,
    conjunction,
    disjunction,
    negation,
    open,
    close,
    end
  };
  Kind kind{};
  std::string text;        // of `quoted`, without the quotes
  std::size_t offset = 0;  // in the filter, from 0
};

// The last one is `end`. `and`, `or` and `not` are the same as && || and !. Throws FilterError.
std::vector<FilterToken> filter_tokens(std::string_view filter);

}  // namespace plaintalk::analyzer
