#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "base/text.hpp"
#include "labs/grade/mark_hand_ins.hpp"
#include "labs/grade/oral_questions.hpp"
#include "labs/lab/grade_command.hpp"
#include "labs/sheet/worksheet.hpp"

namespace plaintalk::labs {
namespace {

void print(const std::vector<OralQuestion>& questions) {
  int number = 0;
  for (const OralQuestion& each : questions) {
    std::cout << '\n'
              << ++number << ". (" << each.question << ") " << terminal_safe(each.asks) << '\n'
              << "   Expect: " << terminal_safe(each.expects) << '\n';
    if (each.packet)
      std::cout << "   Packet " << *each.packet << " (Wireshark: frame.number == " << *each.packet << ")\n";
  }
  if (questions.empty()) std::cout << "There is nothing in this capture to ask about.\n";
}

}  // namespace

int print_viva(const Places& places, const std::string& student, const std::string& hand_ins) {
  if (!std::filesystem::is_directory(hand_ins))
    throw std::runtime_error(hand_ins + " is no folder: give the one with the hand-ins");
  MarkingOptions options;
  options.labs = places.labs;
  options.hand_ins = hand_ins;
  options.only_student = student;
  bool is_first = true;
  options.marked = [&](const Lab& lab, const AnswerKey& key, const GradedHandIn& hand_in) {
    if (!is_first) std::cout << '\n';
    is_first = false;
    std::cout << "Lab " << lab.id << ", " << terminal_safe(hand_in.student) << ", "
              << terminal_safe(hand_in.source) << '\n';
    print(oral_questions(lab, key, hand_in, words_for(lab, hand_in.student)));
  };
  const std::vector<GradedHandIn> all = mark_hand_ins(options);
  if (all.empty())
    throw std::runtime_error("there is no hand-in of " + terminal_safe(student) + " in " + hand_ins);
  bool is_whole = true;
  for (const GradedHandIn& hand_in : all) {
    if (!hand_in.questions.empty()) continue;
    std::cerr << terminal_safe(hand_in.source) << ": " << terminal_safe(hand_in.fault) << '\n';
    is_whole = false;
  }
  return is_whole ? 0 : 1;
}

}  // namespace plaintalk::labs
