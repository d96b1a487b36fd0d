#include "labs/lab/question_names.hpp"

#include <stdexcept>

#include "base/text.hpp"
#include "labs/workspace/answers_file.hpp"

namespace plaintalk::labs {

const Question& require_question(const Lab& lab, const std::string& written) {
  const Question* question = lab.find(question_id_of(lab, written));
  if (question != nullptr) return *question;
  std::string all;
  for (const Question& each : lab.questions) all += (all.empty() ? "" : ", ") + lab.id + '.' + each.id;
  throw std::runtime_error("lab " + lab.id + " has no question '" + terminal_safe(written) + "'; it has " +
                           all);
}

std::string lab_part(const std::string& written) { return written.substr(0, written.find('.')); }

std::string question_part(const std::string& written) {
  return written.contains('.') ? written : std::string();
}

}  // namespace plaintalk::labs
