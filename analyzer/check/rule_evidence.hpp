// What units seem to say: fields and rules for a description, each with the reason it stands there.
#pragma once

#include <string>
#include <vector>

#include "analyzer/check/unit_sample.hpp"

namespace plaintalk::analyzer {

// TOML from [fields] on, reasons as comments. Text from the wire is escaped.
std::string guess_rules(const std::vector<UnitSample>& conversations);

}  // namespace plaintalk::analyzer
