// [network] of a lab.toml, and the link that it becomes for one student.
#pragma once

#include <string>
#include <vector>

#include "labs/course/lab.hpp"
#include "labs/course/variant.hpp"
#include "labs/link/link_plan.hpp"

namespace plaintalk::labs {

class Table;  // toml_table.hpp

void read_network(Table& entry, Lab& lab, std::vector<std::string>& faults);

// What is nonsense about it, tried with a student's values. REQUIRES: the rest of the lab is in order.
void check_network(const Lab& lab, std::vector<std::string>& faults);

// The other port that is captured, for one student; 0: none. Throws std::runtime_error when it is no port.
std::uint16_t also_port(const Lab& lab, const Values& values);

// The same for a student each time: chance has the student's seed. Throws std::runtime_error when a text that
// must be a number is none.
link::LinkPlan make_link_plan(const Lab& lab, const Values& values);

}  // namespace plaintalk::labs
