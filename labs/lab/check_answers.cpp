#include <iostream>

#include "base/front_door.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "labs/course/variant.hpp"
#include "labs/lab/analyse_capture.hpp"
#include "labs/lab/commands.hpp"
#include "labs/lab/progress.hpp"
#include "labs/lab/question_names.hpp"
#include "labs/marking/mark.hpp"
#include "labs/sheet/worksheet.hpp"
#include "labs/workspace/answers_file.hpp"
#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {
namespace {

std::string_view word_for(Verdict verdict) {
  switch (verdict) {
    case Verdict::right: return "right";
    case Verdict::wrong: return "not yet";
    case Verdict::unreadable: return "cannot be read";
    case Verdict::unanswerable: return "cannot be marked";
    case Verdict::open: return "open";
    case Verdict::by_hand: return "for your teacher";
  }
  return "?";
}

void print(const Lab& lab, const Question& question, const Mark& mark, std::string_view answer,
           const Values& words) {
  std::cout << lab.id << '.' << question.id << "  " << word_for(mark.verdict);
  if (!answer.empty() && mark.verdict != Verdict::by_hand) std::cout << ": " << terminal_safe(answer);
  std::cout << '\n';
  const bool has_more = mark.verdict != Verdict::right && !mark.sentence.empty();
  if (has_more) std::cout << "      " << fill_in(mark.sentence, words) << '\n';
  if (mark.verdict == Verdict::wrong && mark.packet)
    std::cout << "      Look at packet " << *mark.packet << " (Wireshark: frame.number == " << *mark.packet
              << ").\n";
  if (mark.verdict == Verdict::wrong && mark.mistake.empty())
    std::cout << "      " << front_door("lab hint ") << lab.id << '.' << question.id << '\n';
}

}  // namespace

int check_answers(const Places& places, const Lab& lab, const std::string& question) {
  const Workspace workspace = Workspace::open(places.workspaces, lab);
  const Answers answers = parse_answers(lab, workspace.answers_text());
  const Question* only = question.empty() ? nullptr : &require_question(lab, question);
  const Values words = words_for(lab, workspace.student());
  const FreshAnalysis analysis(workspace.capture(), workspace.description(lab));
  const AnswerKey key(analysis.folder(), draw_variant(lab, workspace.student()), lab.description);
  const std::string now = render_utc(read_clocks().wall);
  bool all_right = true;
  for (const Question& each : lab.questions) {
    if (only != nullptr && only != &each) continue;
    const auto given = answers.find(each.id);
    const std::string answer = given != answers.end() ? given->second : std::string();
    const Mark mark = mark_answer(each, key, answer);
    print(lab, each, mark, answer, words);
    if (mark.verdict == Verdict::right || mark.verdict == Verdict::wrong)
      workspace.add_try({each.id, std::string(render(mark.verdict)), mark.mistake}, now, answer);
    all_right = all_right && (mark.verdict == Verdict::right || mark.verdict == Verdict::by_hand);
  }
  std::cout << describe(progress_of(lab, workspace)) << ", marked from " << workspace.capture_name() << '\n';
  return all_right ? 0 : 1;
}

}  // namespace plaintalk::labs
