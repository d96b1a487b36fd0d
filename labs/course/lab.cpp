#include "labs/course/lab.hpp"

#include <algorithm>

namespace plaintalk::labs {

const Question* Lab::find(const std::string& question_id) const {
  const auto found = std::ranges::find(questions, question_id, &Question::id);
  return found == questions.end() ? nullptr : &*found;
}

unsigned Lab::points() const {
  unsigned sum = 0;
  for (const Question& question : questions) sum += question.points;
  return sum;
}

}  // namespace plaintalk::labs
