#include "labs/grade/evidence.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "base/text.hpp"
#include "labs/grade/csv_file.hpp"

namespace plaintalk::labs {
namespace {

std::string packet_text(const Mark& mark) {
  return mark.packet ? std::to_string(*mark.packet) : std::string();
}

// Three decimals at most, so that a rerun on another machine gives the same bytes.
std::string rounded(double value) { return points_text(std::round(value * 1000) / 1000); }

struct Item {
  std::size_t handed_in = 0;
  std::size_t answered = 0;
  std::size_t right = 0;
  std::map<std::string, std::size_t> mistakes;
  std::vector<double> points;
  std::vector<double> rest;  // of the same students, in all other questions
};

// Pearson's; empty when one side does not vary.
std::string correlation(const std::vector<double>& one, const std::vector<double>& two) {
  const auto count = static_cast<double>(one.size());
  double sum_one = 0;
  double sum_two = 0;
  for (std::size_t at = 0; at < one.size(); ++at) {
    sum_one += one[at];
    sum_two += two[at];
  }
  double both = 0;
  double square_one = 0;
  double square_two = 0;
  for (std::size_t at = 0; at < one.size(); ++at) {
    const double from_one = one[at] - sum_one / count;
    const double from_two = two[at] - sum_two / count;
    both += from_one * from_two;
    square_one += from_one * from_one;
    square_two += from_two * from_two;
  }
  const double spread = std::sqrt(square_one * square_two);
  return spread > 0 ? rounded(both / spread) : std::string();
}

void count(const GradedHandIn& hand_in, std::map<std::string, Item>& items) {
  const double sum = hand_in.sum_of_questions();
  for (const GradedQuestion& question : hand_in.questions) {
    if (question.mark.verdict == Verdict::by_hand) continue;
    Item& item = items[question.id];
    ++item.handed_in;
    if (!question.given.empty()) ++item.answered;
    if (question.mark.verdict == Verdict::right) ++item.right;
    if (!question.mark.mistake.empty()) ++item.mistakes[question.mark.mistake];
    item.points.push_back(question.points);
    item.rest.push_back(sum - question.points);
  }
}

}  // namespace

std::string points_text(double points) {
  std::array<char, 64> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), points, std::chars_format::fixed);
  std::string text(digits.data(), end.ptr);
  return text == "-0" ? "0" : text;
}

std::string evidence_csv(const std::vector<GradedHandIn>& hand_ins) {
  CsvText csv({"student", "lab", "question", "given", "verdict", "accepted", "mistake", "packet", "points",
               "points_max", "reason", "hand_in"});
  for (const GradedHandIn& hand_in : hand_ins) {
    if (!hand_in.fault.empty() || hand_in.questions.empty())
      csv.add({hand_in.student, terminal_safe(hand_in.lab), "", "", "not marked", "", "", "",
               points_text(hand_in.points), std::to_string(hand_in.points_max), hand_in.fault,
               terminal_safe(hand_in.source)});
    for (const GradedQuestion& question : hand_in.questions)
      csv.add({hand_in.student, terminal_safe(hand_in.lab), question.id, terminal_safe(question.given),
               std::string(render(question.mark.verdict)), terminal_safe(question.accepted),
               question.mark.mistake, packet_text(question.mark), points_text(question.points),
               std::to_string(question.points_max), question.reason, terminal_safe(hand_in.source)});
  }
  return csv.text();
}

std::string items_csv(const std::vector<GradedHandIn>& hand_ins) {
  std::map<std::string, Item> items;
  for (const GradedHandIn& hand_in : hand_ins) count(hand_in, items);
  CsvText csv({"lab", "question", "handed_in", "answered", "right", "share_right", "commonest_mistake",
               "mistake_count", "discrimination"});
  for (const auto& [id, item] : items) {
    const auto commonest =
        std::ranges::max_element(item.mistakes, {}, [](const auto& each) { return each.second; });
    const bool has_mistake = commonest != item.mistakes.end();
    csv.add({id.substr(0, id.find('.')), id, std::to_string(item.handed_in), std::to_string(item.answered),
             std::to_string(item.right),
             rounded(static_cast<double>(item.right) / static_cast<double>(item.handed_in)),
             has_mistake ? commonest->first : "", has_mistake ? std::to_string(commonest->second) : "",
             correlation(item.points, item.rest)});
  }
  return csv.text();
}

std::string free_text_markdown(const std::vector<GradedHandIn>& hand_ins, const std::vector<Lab>& labs) {
  std::string text = "# Free texts\n\nPoints go into overrides.csv (student,question,points,reason).\n";
  for (const Lab& lab : labs) {
    for (const Question& question : lab.questions) {
      if (question.kind != AnswerKind::free_text) continue;
      const std::string id = lab.id + '.' + question.id;
      std::string answers;
      for (const GradedHandIn& hand_in : hand_ins)
        for (const GradedQuestion& graded : hand_in.questions)
          if (hand_in.lab == lab.id && graded.id == id && !graded.given.empty())
            answers += "\n### " + hand_in.student + "\n\n> " + markdown_cell(graded.given) +
                       "\n\nPoints (of " + std::to_string(question.points) + "):\n";
      if (!answers.empty())
        text += "\n## " + id + ": " + question.text + "\n\nRubric: " + question.rubric + '\n' + answers;
    }
  }
  return text;
}

std::string overlap_csv(const std::vector<Overlap>& overlaps) {
  CsvText csv({"student_a", "student_b", "lab", "odds", "question", "answer", "share", "right_for",
               "packet_a", "packet_b"});
  for (const Overlap& overlap : overlaps) {
    const std::string odds = "1 in " + points_text(std::round(overlap.odds));
    if (overlap.same_capture)
      csv.add({overlap.a->student, overlap.b->student, overlap.a->lab, odds, "", "the same capture", "", "",
               "", ""});
    for (const SharedAnswer& shared : overlap.shared) {
      const auto of = [&](const GradedHandIn& hand_in) {
        return *std::ranges::find(hand_in.questions, shared.question, &GradedQuestion::id);
      };
      const GradedQuestion a = of(*overlap.a);
      const GradedQuestion b = of(*overlap.b);
      std::string right_for;
      if (a.mark.verdict == Verdict::right) right_for = overlap.a->student;
      if (b.mark.verdict == Verdict::right) right_for = overlap.b->student;
      csv.add({overlap.a->student, overlap.b->student, overlap.a->lab, odds, shared.question,
               terminal_safe(shared.answer), rounded(shared.share), right_for, packet_text(a.mark),
               packet_text(b.mark)});
    }
  }
  return csv.text();
}

std::string changes_csv(const std::filesystem::path& earlier_evidence,
                        const std::vector<GradedHandIn>& hand_ins) {
  std::map<std::pair<std::string, std::string>, std::string> before;
  for (const CsvRow& row : read_csv(earlier_evidence))
    before[{column(row, {"hand_in"}), column(row, {"question"})}] =
        column(row, {"verdict"}) + ' ' + column(row, {"points"});
  CsvText csv({"student", "question", "before", "after", "given"});
  for (const GradedHandIn& hand_in : hand_ins) {
    for (const GradedQuestion& question : hand_in.questions) {
      const std::string now = std::string(render(question.mark.verdict)) + ' ' + points_text(question.points);
      const auto old = before.find({terminal_safe(hand_in.source), question.id});
      const std::string then = old == before.end() ? "not there" : old->second;
      if (then != now) csv.add({hand_in.student, question.id, then, now, terminal_safe(question.given)});
    }
  }
  return csv.text();
}

}  // namespace plaintalk::labs
