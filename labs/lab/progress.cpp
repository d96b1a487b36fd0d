#include "labs/lab/progress.hpp"

#include <map>

#include "labs/marking/mark.hpp"

namespace plaintalk::labs {

Progress progress_of(const Lab& lab, const Workspace& workspace) {
  std::map<std::string, std::string> last;
  for (const Try& entry : workspace.tries()) last[entry.question] = entry.verdict;
  Progress progress;
  for (const Question& question : lab.questions) {
    if (question.kind == AnswerKind::free_text) continue;
    ++progress.questions;
    progress.points_max += question.points;
    if (last[question.id] != render(Verdict::right)) continue;
    ++progress.right;
    progress.points += question.points;
  }
  return progress;
}

std::string describe(const Progress& progress) {
  return std::to_string(progress.right) + " of " + std::to_string(progress.questions) + " right, " +
         std::to_string(progress.points) + " of " + std::to_string(progress.points_max) + " points";
}

}  // namespace plaintalk::labs
