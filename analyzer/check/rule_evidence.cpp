#include "analyzer/check/rule_evidence.hpp"

#include "analyzer/check/keyed_rules.hpp"
#include "analyzer/check/word_rules.hpp"

namespace plaintalk::analyzer {

std::string guess_rules(const std::vector<UnitSample>& conversations) {
  if (const auto style = keyed_style(conversations)) return keyed_rules(conversations, *style);
  return word_rules(conversations);
}

}  // namespace plaintalk::analyzer
