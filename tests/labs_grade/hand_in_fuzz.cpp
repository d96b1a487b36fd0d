// What a stranger hands in. The first byte of the input says what the rest is: a zip file (Z), an answers.txt
// (A) or one answer (N). Promises: open_hand_in() throws for none of them and keeps within its limits;
// writing an answer changes only this answer; an answer is read or refused, and what was read agrees with
// itself.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/check.hpp"
#include "labs/grade/hand_in_reader.hpp"
#include "labs/marking/answer.hpp"
#include "labs/workspace/answers_file.hpp"

namespace plaintalk::labs {
namespace {

namespace fs = std::filesystem;

constexpr HandInLimits kLimits{.member_count_max = 50, .text_size_max = 10'000, .capture_size_max = 100'000};

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (fs::temp_directory_path() / "plaintalk-fuzz-XXXXXX").string();
    check(::mkdtemp(pattern.data()) != nullptr, "no temporary folder");
    path_ = pattern;
  }
  ~ScratchFolder() { fs::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void open_zip(std::string_view bytes) {
  const ScratchFolder folder;
  const fs::path path = folder.path() / "a.zip";
  std::ofstream(path, std::ios::binary) << bytes;
  const HandIn hand_in = open_hand_in(path, folder.path(), folder.path() / "out", kLimits);
  check(!hand_in.fault.empty() || !hand_in.student.empty(), "whole, and nobody's");
  check(hand_in.answers.size() <= kLimits.text_size_max, "more answers than allowed");
  if (!hand_in.capture.empty())
    check(fs::file_size(hand_in.capture) <= kLimits.capture_size_max, "more capture than allowed");
  for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
    check(entry.path() == path || entry.path() == folder.path() / "out" ||
              entry.path().parent_path() == folder.path() / "out",
          "a file where none belongs");
}

void read_answers(std::string_view text) {
  Lab lab;
  lab.id = "01";
  for (const char* id : {"1", "2", "10"}) lab.questions.emplace_back().id = id;
  Answers before = parse_answers(lab, text);
  for (const auto& [id, answer] : before) check(lab.find(id) != nullptr, "an answer to no question");
  Answers after = parse_answers(lab, with_answer(lab, text, "2", "new"));
  check(after.at("2") == "new", "an answer was not written");
  before.erase("2");
  after.erase("2");
  check(before == after, "another answer changed");
}

void read_one(std::string_view text) {
  Question question;
  question.choices = {"the client", "the server"};
  for (const AnswerKind kind :
       {AnswerKind::integer, AnswerKind::decimal, AnswerKind::text, AnswerKind::choice, AnswerKind::set,
        AnswerKind::address, AnswerKind::packet, AnswerKind::bytes, AnswerKind::sha256}) {
    question.kind = kind;
    question.unit = kind == AnswerKind::decimal ? "ms" : "";
    const auto readings = read_answer(question, text);
    if (!readings) {
      check(!readings.error().empty(), "refused without a word");
      continue;
    }
    check(!readings->empty(), "neither read nor refused");
    for (const Reading& reading : *readings)
      check(agrees(question, reading, reading), "a reading differs from itself");
  }
}

}  // namespace
}  // namespace plaintalk::labs

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'Z': plaintalk::labs::open_zip(rest); break;
    case 'A': plaintalk::labs::read_answers(rest); break;
    case 'N': plaintalk::labs::read_one(rest); break;
    default: break;
  }
  return 0;
}
