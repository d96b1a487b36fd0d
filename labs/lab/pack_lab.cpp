#include <iostream>

#include "base/text.hpp"
#include "labs/lab/commands.hpp"
#include "labs/lab/progress.hpp"
#include "labs/workspace/answers_file.hpp"
#include "labs/workspace/hand_in.hpp"
#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {

int pack_lab(const Places& places, const Lab& lab) {
  const Workspace workspace = Workspace::open(places.workspaces, lab);
  const Answers answers = parse_answers(lab, workspace.answers_text());
  std::string open;
  for (const Question& question : lab.questions) {
    const auto given = answers.find(question.id);
    if (given == answers.end() || given->second.empty())
      open += (open.empty() ? "" : ", ") + lab.id + '.' + question.id;
  }
  const std::string name = write_hand_in(workspace, lab);
  std::cout << "Hand in this file: " << (workspace.folder() / name).string() << '\n'
            << "In it: your answers, your tries, and " << workspace.capture_name()
            << ". Everything that was said in the session can be read in the capture.\n"
            << describe(progress_of(lab, workspace))
            << " so far; your teacher's copy marks again from the packets.\n";
  if (!open.empty()) std::cout << "Not answered: " << open << '\n';
  return 0;
}

}  // namespace plaintalk::labs
