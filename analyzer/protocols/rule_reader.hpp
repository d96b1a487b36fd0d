// Reads the fields and rules of a description.
#pragma once

#include <optional>
#include <string_view>

#include "analyzer/protocols/toml_part.hpp"
#include "analyzer/talk/described/description.hpp"

namespace plaintalk::analyzer {

void read_fields(const toml::table* table, Faults& faults, described::Description& description);
// `node`: what stands under [[rule]]; nullptr when there is none.
void read_rules(const toml::node* node, Faults& faults, described::Description& description);
std::optional<std::size_t> find_field(const described::Description& description, std::string_view name);

}  // namespace plaintalk::analyzer
