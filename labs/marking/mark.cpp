#include "labs/marking/mark.hpp"

#include <algorithm>
#include <stdexcept>

#include "labs/marking/answer.hpp"
#include "labs/marking/usual_mistakes.hpp"

namespace plaintalk::labs {
namespace {

constexpr std::string_view kSyntheticSentence =
    "This capture is the server's own recording: its TCP headers were made up, so it cannot answer. ";

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ",") + value;
  return text;
}

// The rows of a query as what they stand for: a set is all of them together.
std::vector<std::string> values_of(const Question& question, const AnswerKey& key, const std::string& sql) {
  std::vector<std::string> values = key.ask(sql);
  if (question.kind == AnswerKind::set && !values.empty()) values = {joined(values)};
  return values;
}

std::vector<Reading> readings_of(const Question& question, const std::vector<std::string>& values) {
  std::vector<Reading> readings;
  for (const std::string& value : values) {
    auto reading = read_key(question, value);
    if (!reading) throw std::runtime_error("question " + question.id + ": " + reading.error());
    readings.push_back(*std::move(reading));
  }
  return readings;
}

bool any_agrees(const Question& question, const std::vector<Reading>& answers,
                const std::vector<Reading>& keys) {
  return std::ranges::any_of(answers, [&](const Reading& answer) {
    return std::ranges::any_of(keys, [&](const Reading& key) { return agrees(question, answer, key); });
  });
}

Mark unanswerable(const Question& question, std::string_view why) {
  return {.verdict = Verdict::unanswerable, .sentence = std::string(why) + question.needs};
}

// What the number in the form of a hexadecimal without 0x, which is unreadable as decimal, would be.
bool looks_hexadecimal(std::string_view given) {
  return given.find_first_of("abcdefABCDEF") != given.npos &&
         given.find_first_not_of("0123456789abcdefABCDEF \t\r\n") == given.npos;
}

// A packet number must not be the answer itself.
std::optional<std::uint64_t> packet_to_show(const Question& question, const AnswerKey& key,
                                            const std::string& sql, const std::vector<Reading>& keys) {
  const auto packet = key.packet(sql);
  const bool is_answer =
      packet && question.kind == AnswerKind::packet && std::ranges::any_of(keys, [&](const Reading& right) {
        return right.number == static_cast<double>(*packet);
      });
  return is_answer ? std::nullopt : packet;
}

Mark wrong(const Question& question, const AnswerKey& key, std::string_view given,
           const std::vector<Reading>& answers, const std::vector<Reading>& keys) {
  Mark mark{.verdict = Verdict::wrong};
  for (const Mistake& mistake : question.mistakes) {
    // A mistake may come to the same value as the truth in this capture; then there is nothing to tell apart.
    auto values = readings_of(question, mistaken_answers(question, mistake, key));
    std::erase_if(values, [&](const Reading& value) { return any_agrees(question, {value}, keys); });
    if (!any_agrees(question, answers, values)) continue;
    mark.mistake = mistake.name;
    mark.sentence = mistake.says;
    mark.packet =
        packet_to_show(question, key, mistake.packet.empty() ? question.packet : mistake.packet, keys);
    return mark;
  }
  mark.packet = packet_to_show(question, key, question.packet, keys);
  if (const auto usual = find_usual_mistake(question, given, answers, keys.front())) {
    mark.mistake = usual->name;
    mark.sentence = usual->says;
  } else {
    mark.sentence = "Not right.";
  }
  return mark;
}

}  // namespace

std::string_view render(Verdict verdict) {
  switch (verdict) {
    case Verdict::right: return "right";
    case Verdict::wrong: return "wrong";
    case Verdict::unreadable: return "unreadable";
    case Verdict::unanswerable: return "unanswerable";
    case Verdict::open: return "open";
    case Verdict::by_hand: return "by hand";
  }
  return "?";
}

std::vector<std::string> accepted_answers(const Question& question, const AnswerKey& key) {
  if (question.kind == AnswerKind::free_text || (question.needs_real_tcp && key.is_synthetic())) return {};
  if (question.needs_description && !key.description_fault().empty()) return {};
  return values_of(question, key, question.key);
}

std::vector<std::string> mistaken_answers(const Question& question, const Mistake& mistake,
                                          const AnswerKey& key) {
  return values_of(question, key, mistake.key);
}

Mark mark_answer(const Question& question, const AnswerKey& key, std::string_view given) {
  const bool is_blank = given.find_first_not_of(" \t\r\n") == given.npos;
  if (question.kind == AnswerKind::free_text) return {.verdict = is_blank ? Verdict::open : Verdict::by_hand};
  if (question.needs_real_tcp && key.is_synthetic()) return unanswerable(question, kSyntheticSentence);
  if (question.needs_description && !key.description_fault().empty())
    return {.verdict = Verdict::unanswerable, .sentence = key.description_fault()};
  const std::vector<Reading> keys = readings_of(question, accepted_answers(question, key));
  if (keys.empty())
    return unanswerable(question,
                        "Your capture cannot answer this: what the question asks about is not in it. ");
  const bool is_ambiguous = !question.any_of && std::ranges::any_of(keys, [&](const Reading& other) {
    return !agrees(question, other, keys.front());
  });
  if (is_ambiguous) return unanswerable(question, "Your capture holds more than one right answer. ");
  if (is_blank) return {};
  auto answers = read_answer(question, given);
  if (!answers && is_number(question.kind) && looks_hexadecimal(given)) answers = std::vector<Reading>{};
  if (!answers) return {.verdict = Verdict::unreadable, .sentence = answers.error()};
  if (any_agrees(question, *answers, keys))
    return {.verdict = Verdict::right, .points = question.points, .sentence = "Right."};
  return wrong(question, key, given, *answers, keys);
}

}  // namespace plaintalk::labs
