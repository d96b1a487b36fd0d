#include "labs/grade/graded.hpp"

namespace plaintalk::labs {

double GradedHandIn::sum_of_questions() const {
  double sum = 0;
  for (const GradedQuestion& question : questions) sum += question.points;
  return sum;
}

}  // namespace plaintalk::labs
