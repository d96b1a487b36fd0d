// Units of words: commands such as "SAY lab hello", and lines such as "alice: hello".
#pragma once

#include <string>
#include <vector>

#include "analyzer/check/unit_sample.hpp"

namespace plaintalk::analyzer {

std::string word_rules(const std::vector<UnitSample>& conversations);

}  // namespace plaintalk::analyzer
