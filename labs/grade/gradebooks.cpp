#include "labs/grade/gradebooks.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "labs/grade/csv_file.hpp"
#include "labs/grade/evidence.hpp"

namespace plaintalk::labs {
namespace {

std::string lab_name(const Lab& lab) { return "Lab " + lab.id + " " + lab.title; }

std::string grade_text(const Result& result) {
  return result.hand_in != nullptr ? points_text(result.hand_in->points) : std::string();
}

std::string feedback(const Result& result) {
  if (result.hand_in == nullptr) return "nothing handed in";
  std::string text = result.hand_in->fault;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  for (const GradedQuestion& question : result.hand_in->questions) {
    if (!question.reason.empty())
      add(question.id + ": " + question.reason);
    else if (!question.mark.mistake.empty())
      add(question.id + ": " + question.mark.mistake);
    else if (question.mark.verdict != Verdict::right)
      add(question.id + ": " + std::string(render(question.mark.verdict)));
  }
  if (!result.hand_in->reason.empty()) add(result.hand_in->reason);
  return text;
}

nlohmann::ordered_json test_of(const GradedQuestion& question) {
  std::string output(render(question.mark.verdict));
  if (!question.mark.sentence.empty()) output += ": " + question.mark.sentence;
  if (!question.reason.empty()) output += " (" + question.reason + ')';
  return {{"name", question.id},
          {"score", question.points},
          {"max_score", question.points_max},
          {"output", terminal_safe(output)}};
}

}  // namespace

std::string moodle_csv(const std::vector<LabResults>& labs) {
  std::vector<std::string> header{"ID number", "Full name", "Email address"};
  for (const LabResults& lab : labs) {
    header.push_back(lab_name(*lab.lab));
    header.push_back(lab_name(*lab.lab) + " feedback");
  }
  CsvText csv(header);
  for (std::size_t row = 0; !labs.empty() && row < labs.front().results.size(); ++row) {
    const RosterEntry& student = *labs.front().results[row].student;
    std::vector<std::string> cells{student.id, student.name, student.email};
    for (const LabResults& lab : labs) {
      cells.push_back(grade_text(lab.results[row]));
      cells.push_back(terminal_safe(feedback(lab.results[row])));
    }
    csv.add(cells);
  }
  return csv.text();
}

std::string canvas_csv(const std::vector<LabResults>& labs) {
  std::vector<std::string> header{"Student", "ID", "SIS User ID", "SIS Login ID", "Section"};
  std::vector<std::string> possible{"Points Possible", "", "", "", ""};
  for (const LabResults& lab : labs) {
    header.push_back(lab_name(*lab.lab));
    possible.push_back(std::to_string(lab.lab->points()));
  }
  CsvText csv(header);
  csv.add(possible);
  for (std::size_t row = 0; !labs.empty() && row < labs.front().results.size(); ++row) {
    const RosterEntry& student = *labs.front().results[row].student;
    std::vector<std::string> cells{student.name, student.canvas_id,
                                   student.sis_id.empty() ? student.id : student.sis_id, student.login_id,
                                   student.section};
    for (const LabResults& lab : labs) cells.push_back(grade_text(lab.results[row]));
    csv.add(cells);
  }
  return csv.text();
}

std::string gradescope_json(const std::vector<LabResults>& labs) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const LabResults& lab : labs) {
    for (const Result& result : lab.results) {
      if (result.hand_in == nullptr) continue;
      nlohmann::ordered_json tests = nlohmann::ordered_json::array();
      for (const GradedQuestion& question : result.hand_in->questions) tests.push_back(test_of(question));
      all.push_back({{"student", result.student->id},
                     {"lab", lab.lab->id},
                     {"results",
                      {{"score", result.hand_in->points},
                       {"output", terminal_safe(feedback(result))},
                       {"tests", std::move(tests)}}}});
    }
  }
  return all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace plaintalk::labs
