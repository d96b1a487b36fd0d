// The findings of an analysis, each opening to its rule, the packets that show it, and the rival explanation.
#pragma once

#include <string>

namespace plaintalk::analyzer {

// As HTML. Bounded, the heaviest first, and says what was left out.
std::string findings_html(const std::string& analysis);

}  // namespace plaintalk::analyzer
