#include <algorithm>
#include <iostream>

#include "base/text.hpp"
#include "base/time.hpp"
#include "labs/lab/commands.hpp"
#include "labs/lab/question_names.hpp"
#include "labs/sheet/worksheet.hpp"
#include "labs/workspace/answers_file.hpp"
#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {

int answer_question(const Places& places, const Lab& lab, const std::string& question,
                    const std::string& answer) {
  const Workspace workspace = Workspace::open(places.workspaces, lab);
  const Question& asked = require_question(lab, question);
  const std::string text = workspace.answers_text();
  const Answers before = parse_answers(lab, text);
  workspace.write_answers(with_answer(lab, text, asked.id, answer));
  const auto old = before.find(asked.id);
  std::cout << lab.id << '.' << asked.id << ": " << terminal_safe(answer);
  if (old != before.end() && !old->second.empty() && old->second != answer)
    std::cout << "  (before: " << terminal_safe(old->second) << ')';
  std::cout << '\n';
  return 0;
}

int show_hint(const Places& places, const Lab& lab, const std::string& question) {
  const Workspace workspace = Workspace::open(places.workspaces, lab);
  const Question& asked = require_question(lab, question);
  if (asked.hints.empty()) {
    std::cout << "There is no hint: this one is for you to explain.\n";
    return 0;
  }
  std::size_t shown = 0;
  constexpr std::string_view kHint = "hint";
  for (const Try& entry : workspace.tries())
    if (entry.question == asked.id && entry.verdict == kHint) ++shown;
  const std::size_t place = std::min(shown, asked.hints.size() - 1);
  const Values values = words_for(lab, workspace.student());
  std::cout << "Hint " << place + 1 << " of " << asked.hints.size() << ": "
            << fill_in(asked.hints[place], values) << '\n';
  if (place + 1 == asked.hints.size() && !asked.accessible.empty())
    std::cout << "Without colours and pictures: " << fill_in(asked.accessible, values) << '\n';
  workspace.add_try({asked.id, std::string(kHint), ""}, render_utc(read_clocks().wall), "");
  return 0;
}

}  // namespace plaintalk::labs
