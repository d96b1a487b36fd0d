// Mistakes that any number can suffer, beside those that a question names: another base, another unit, one
// too many.
#pragma once

#include <optional>
#include <string_view>

#include "labs/marking/answer.hpp"

namespace plaintalk::labs {

struct UsualMistake {
  std::string_view name;
  std::string_view says;
};

std::optional<UsualMistake> find_usual_mistake(const Question& question, std::string_view given,
                                               const std::vector<Reading>& answers, const Reading& key);

}  // namespace plaintalk::labs
