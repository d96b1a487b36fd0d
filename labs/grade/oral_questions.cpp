#include "labs/grade/oral_questions.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/crypto/digest.hpp"
#include "labs/marking/mark.hpp"

namespace plaintalk::labs {
namespace {

// A question of the sheet, and a wrong answer to it that somebody could give to this capture.
struct Candidate {
  const Question* question = nullptr;
  const Mistake* mistake = nullptr;  // nullptr: only how the right answer was found can be asked
  std::string value;                 // that the mistake leads to
  bool is_own = false;               // the student made it
  std::string order;                 // by chance, and the same each time
};

std::string given_to(const GradedHandIn& hand_in, const Lab& lab, const Question& question) {
  const std::string id = lab.id + '.' + question.id;
  const auto found = std::ranges::find(hand_in.questions, id, &GradedQuestion::id);
  return found == hand_in.questions.end() ? std::string() : found->given;
}

std::string mistake_of(const GradedHandIn& hand_in, const Lab& lab, const Question& question) {
  const std::string id = lab.id + '.' + question.id;
  const auto found = std::ranges::find(hand_in.questions, id, &GradedQuestion::id);
  return found == hand_in.questions.end() ? std::string() : found->mark.mistake;
}

bool is_accepted(const Question& question, const AnswerKey& key, const std::string& value) {
  return mark_answer(question, key, value).verdict == Verdict::right;
}

void add_candidates(std::vector<Candidate>& candidates, const Lab& lab, const AnswerKey& key,
                    const GradedHandIn& hand_in, const Question& question) {
  const auto order = [&](std::string_view what) {
    return sha256("oral\n" + hand_in.student + '\n' + lab.id + '.' + question.id + '\n' + std::string(what));
  };
  candidates.push_back({&question, nullptr, {}, false, order("")});
  const std::string own = mistake_of(hand_in, lab, question);
  for (const Mistake& mistake : question.mistakes) {
    const std::vector<std::string> values = mistaken_answers(question, mistake, key);
    const auto wrong = std::ranges::find_if(
        values, [&](const std::string& value) { return !is_accepted(question, key, value); });
    if (wrong != values.end())
      candidates.push_back({&question, &mistake, *wrong, mistake.name == own, order(mistake.name)});
  }
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : " or ") + value;
  return text;
}

OralQuestion made_of(const Candidate& candidate, const Lab& lab, const AnswerKey& key,
                     const GradedHandIn& hand_in, const Values& words) {
  const Question& question = *candidate.question;
  OralQuestion oral;
  oral.question = lab.id + '.' + question.id;
  oral.asks = "\"" + fill_in(question.text, words) + "\" ";
  const std::string unit = question.unit.empty() ? "" : ' ' + question.unit;
  const std::string right = joined(accepted_answers(question, key)) + unit;
  if (candidate.mistake == nullptr) {
    oral.asks += "Show how you found it: which packet, and which field of it?";
    oral.expects = "It is " + right + ".";
    oral.packet = key.packet(question.packet);
    return oral;
  }
  const Mistake& mistake = *candidate.mistake;
  oral.asks +=
      candidate.is_own
          ? "You answered " + given_to(hand_in, lab, question) + ". What did you take it for, and"
          : "Somebody with your capture answers " + candidate.value + unit + ". What do they confuse, and";
  oral.asks += " which packet shows what is right?";
  oral.expects = mistake.name + ". " + fill_in(mistake.says, words) + " It is " + right + ".";
  oral.packet = key.packet(mistake.packet.empty() ? question.packet : mistake.packet);
  return oral;
}

}  // namespace

std::vector<OralQuestion> oral_questions(const Lab& lab, const AnswerKey& key, const GradedHandIn& hand_in,
                                         const Values& words, std::size_t count_max) {
  std::vector<Candidate> candidates;
  for (const Question& question : lab.questions)
    if (!accepted_answers(question, key).empty()) add_candidates(candidates, lab, key, hand_in, question);
  std::ranges::sort(candidates, {}, [](const Candidate& each) {
    return std::tuple(!each.is_own, each.mistake == nullptr, each.order);
  });
  std::vector<OralQuestion> chosen;
  std::set<const Question*> asked;
  std::set<std::string> confused;
  // Each about something else, as long as there is enough of it.
  for (const bool may_repeat : {false, true})
    for (const Candidate& candidate : candidates) {
      if (chosen.size() >= count_max) return chosen;
      const std::string name = candidate.mistake == nullptr ? std::string() : candidate.mistake->name;
      if (asked.contains(candidate.question) || (!may_repeat && confused.contains(name))) continue;
      asked.insert(candidate.question);
      confused.insert(name);
      chosen.push_back(made_of(candidate, lab, key, hand_in, words));
    }
  return chosen;
}

}  // namespace plaintalk::labs
