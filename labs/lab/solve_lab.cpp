#include <algorithm>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "labs/course/variant.hpp"
#include "labs/files/temporary_folder.hpp"
#include "labs/files/text_file.hpp"
#include "labs/lab/analyse_capture.hpp"
#include "labs/lab/commands.hpp"
#include "labs/lab/keep_keys.hpp"
#include "labs/lab/play.hpp"
#include "labs/marking/mark.hpp"
#include "labs/workspace/workspace.hpp"

namespace plaintalk::labs {
namespace {

// What is wrong with one question, tried with the right answers and with each known mistake.
class QuestionTrial {
 public:
  QuestionTrial(const Question& question, const AnswerKey& key) : question_(question), key_(key) {}

  void run() {
    const std::vector<std::string> accepted = accepted_answers(question_, key_);
    if (accepted.empty()) return fault("the capture does not answer it");
    if (accepted.size() > 1 && !question_.any_of)
      return fault("two answers are possible: " + accepted[0] + ", " + accepted[1]);
    answer_ = accepted.front();
    for (const std::string& answer : accepted) {
      const Mark mark = mark_answer(question_, key_, answer);
      if (mark.verdict != Verdict::right) fault("its own key " + answer + " is not right: " + mark.sentence);
    }
    for (const Mistake& mistake : question_.mistakes) try_mistake(mistake);
    if (!question_.packet.empty() && !key_.packet(question_.packet))
      fault("its packet is not in the capture");
  }

  const std::string& answer() const { return answer_; }
  const std::vector<std::string>& faults() const { return faults_; }
  std::size_t mistakes_tried() const { return mistakes_tried_; }

 private:
  void fault(std::string text) { faults_.push_back(std::move(text)); }

  void try_mistake(const Mistake& mistake) {
    for (const std::string& value : mistaken_answers(question_, mistake, key_)) {
      const Mark mark = mark_answer(question_, key_, value);
      if (mark.verdict == Verdict::right) continue;  // comes to the same in this capture
      ++mistakes_tried_;
      // Two mistakes may lead to the same value: then the first one is named.
      const bool is_known = std::ranges::any_of(
          question_.mistakes, [&](const Mistake& known) { return known.name == mark.mistake; });
      if (mark.verdict != Verdict::wrong || !is_known)
        fault("mistake '" + mistake.name + "' (" + value + ") is taken for '" + mark.mistake + '\'');
      if (!mark.packet && question_.kind != AnswerKind::packet && !question_.packet.empty())
        fault("mistake '" + mistake.name + "' shows no packet");
    }
  }

  const Question& question_;
  const AnswerKey& key_;
  std::string answer_;
  std::vector<std::string> faults_;
  std::size_t mistakes_tried_ = 0;
};

// What a student has to write goes where the student would have it; in a file NAME.in the {words} of the
// variant are filled in, and it becomes NAME. The stage leaves files alone that are there already.
void put_reference(const std::filesystem::path& folder, const Values& values,
                   const std::filesystem::path& to) {
  constexpr std::uintmax_t kSizeMax = 1U << 20;
  std::filesystem::copy(folder, to);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::filesystem::path& path = entry.path();
    if (path.extension() != ".in") continue;
    std::filesystem::remove(to / path.filename());
    write_text_file(to / path.stem(), fill_in(read_text_file(path, kSizeMax), values));
  }
}

}  // namespace

int solve_lab(const Lab& lab, const StartOptions& options) {
  const TemporaryFolder workspace("lab");
  const Values values = draw_variant(lab, options.student);
  if (!options.reference.empty()) put_reference(options.reference, values, workspace.path());
  const stage::StageResult result = play_reference(workspace.path(), lab, options.student, options.mode);
  if (!result.is_clean()) {
    for (const std::string& line : stage::describe(result)) std::cout << line << '\n';
    throw std::runtime_error("lab " + lab.id + ": the session itself went wrong");
  }
  std::filesystem::path description = workspace.path() / kDescriptionFile;
  const bool is_described = lab.description.is_wanted && std::filesystem::exists(description);
  if (!is_described) description.clear();
  const FreshAnalysis analysis(result.capture_file, description);
  const AnswerKey key(analysis.folder(), values, lab.description);
  if (!options.keep.empty()) {
    keep_keys(options.keep, lab, values, key, result.capture_file);
    if (is_described) std::filesystem::copy_file(description, options.keep / kDescriptionFile);
  }
  std::size_t fault_count = 0;
  std::size_t mistake_count = 0;
  std::size_t solved = 0;
  std::size_t unmarked = 0;
  if (key.ask(lab.is_mine).empty()) {
    std::cout << "is_mine does not find this student's session in its own capture\n";
    ++fault_count;
  }
  if (is_described && !key.description_fault().empty()) {
    std::cout << "the reference description is not right: " << key.description_fault() << '\n';
    ++fault_count;
  }
  for (const Question& question : lab.questions) {
    const bool is_marked = question.kind != AnswerKind::free_text &&
                           !(question.needs_real_tcp && key.is_synthetic()) &&
                           !(question.needs_description && !is_described);
    if (!is_marked) {
      ++unmarked;
      continue;
    }
    QuestionTrial trial(question, key);
    trial.run();
    std::cout << lab.id << '.' << question.id << "  " << terminal_safe(trial.answer()) << '\n';
    for (const std::string& fault : trial.faults())
      std::cout << "      FAULT: " << terminal_safe(fault) << '\n';
    fault_count += trial.faults().size();
    mistake_count += trial.mistakes_tried();
    if (trial.faults().empty()) ++solved;
  }
  std::cout << solved << " of " << plural(lab.questions.size() - unmarked, "question") << " solved, "
            << plural(mistake_count, "wrong answer") << " recognised, " << plural(fault_count, "fault")
            << (unmarked > 0 ? ", " + std::to_string(unmarked) + " for a person" +
                                   (is_described || !lab.description.is_wanted ? "" : ", for a description") +
                                   " or for real TCP"
                             : "")
            << '\n';
  return fault_count == 0 ? 0 : 1;
}

}  // namespace plaintalk::labs
