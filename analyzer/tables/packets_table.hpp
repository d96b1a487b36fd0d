// The columns of the table `packets`.
#pragma once

#include "analyzer/tables/table.hpp"

namespace plaintalk::analyzer {

Table packets_table();

}  // namespace plaintalk::analyzer
