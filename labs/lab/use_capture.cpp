#include <iostream>

#include "base/front_door.hpp"
#include "base/text.hpp"
#include "labs/course/variant.hpp"
#include "labs/lab/analyse_capture.hpp"
#include "labs/lab/commands.hpp"
#include "labs/marking/answer_key.hpp"
#include "labs/marking/mark.hpp"
#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {

int use_capture(const Places& places, const Lab& lab, const std::string& student, const std::string& file) {
  // Looked at before anything is changed: what is no capture is refused.
  const FreshAnalysis analysis(file);
  Workspace workspace = student.empty() ? Workspace::open(places.workspaces, lab)
                                        : Workspace::create(places.workspaces, lab, student);
  const std::filesystem::path path = file;
  const std::string name = workspace.free_name("own", path.extension().string());
  std::filesystem::copy_file(path, workspace.folder() / name);
  workspace.use_capture(name);
  const AnswerKey key(analysis.folder(), draw_variant(lab, workspace.student()));
  std::size_t answerable = 0;
  std::size_t marked = 0;
  std::size_t described = 0;
  for (const Question& question : lab.questions) {
    if (question.kind == AnswerKind::free_text) continue;
    // What they are about is looked for when the capture is marked, with what is described by then.
    if (question.needs_description) {
      ++described;
      continue;
    }
    ++marked;
    if (!accepted_answers(question, key).empty()) ++answerable;
  }
  std::cout << "Answers are marked from " << name << " now (a copy of " << terminal_safe(file) << ").\n"
            << "It can answer " << answerable << " of the " << plural(marked, "question")
            << (described > 0 ? " that need no " + std::string(kDescriptionFile) : "") << ".\n";
  if (answerable < marked)
    std::cout << front_door("lab check ") << lab.id << " says what is missing for the others.\n";
  return 0;
}

}  // namespace plaintalk::labs
