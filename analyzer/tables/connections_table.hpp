// The columns of the table `connections`.
#pragma once

#include "analyzer/tables/table.hpp"

namespace plaintalk::analyzer {

Table connections_table();

}  // namespace plaintalk::analyzer
