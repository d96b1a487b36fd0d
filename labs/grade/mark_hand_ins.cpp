#include "labs/grade/mark_hand_ins.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <tuple>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "labs/course/lab_file.hpp"
#include "labs/course/lab_folders.hpp"
#include "labs/files/temporary_folder.hpp"
#include "labs/grade/hand_in_reader.hpp"
#include "labs/grade/hand_in_worker.hpp"
#include "labs/session/supervisor.hpp"
#include "labs/workspace/answers_file.hpp"

namespace plaintalk::labs {
namespace {

namespace fs = std::filesystem;

constexpr Nanoseconds kQueryTimeMax = std::chrono::seconds(2);
constexpr std::chrono::seconds kMarkingTimeMax{3};
constexpr int kClockFactor = 3;
// What is kept of an answer, in bytes: all hand-ins of a class are in memory together.
constexpr std::size_t kGivenMax = 500;
constexpr std::size_t kFreeTextMax = 64U << 10;
constexpr int kDamagedInput = 3;  // plaintalk-analyze: the readable rest was analysed

std::string shortened(const std::string& text, std::size_t size_max) {
  if (text.size() <= size_max) return text;
  return text.substr(0, size_max) + "... (" + std::to_string(text.size()) + " bytes)";
}

std::string sha256_of_file(const fs::path& path) {
  Sha256 digest;
  std::ifstream file(path, std::ios::binary);
  std::string block(65536, '\0');
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0)
    digest.update(std::string_view(block).substr(0, static_cast<std::size_t>(file.gcount())));
  return hex(digest.finish());
}

// One hand-in that is being unpacked and analysed.
struct Job {
  std::unique_ptr<TemporaryFolder> folder;
  WorkOrder order;
  GradedHandIn graded;
  session::ChildProcess* worker = nullptr;
  Instant end{};
};

// Neither the hand-in nor the student can do anything about these.
bool is_trouble_of_this_machine(const std::string& words) {
  return std::ranges::any_of(std::array{ENOSPC, EDQUOT, EROFS, ENFILE},
                             [&](int error) { return words.contains(std::strerror(error)); });
}

class Marking {
 public:
  explicit Marking(const MarkingOptions& options)
      : options_(options), program_(session::require_program("plaintalk-lab")) {
    session::require_program("plaintalk-analyze");  // which the workers look for
    for (const auto& folder : lab_folders(options.labs)) {
      LabFile file = read_lab(folder);
      if (!file.faults.empty())
        throw std::runtime_error(folder.string() + " cannot be used: " + file.faults.front());
      if (file.lab.description.is_wanted) described_labs_ += file.lab.id + ' ';
      labs_[file.lab.id] = std::move(file.lab);
    }
  }

  std::vector<GradedHandIn> run() {
    const auto paths = find_hand_ins(options_.hand_ins);
    std::size_t next = 0;
    while (next < paths.size() || !running_.empty()) {
      while (next < paths.size() && running_.size() < options_.process_count) begin(paths[next++]);
      if (!running_.empty()) wait_for_one();
      options_.progress(done_.size() + skipped_, paths.size());
    }
    std::ranges::sort(done_, {},
                      [](const GradedHandIn& each) { return std::tie(each.student, each.lab, each.source); });
    return std::move(done_);
  }

 private:
  void begin(const fs::path& path) {
    Job job;
    job.folder = std::make_unique<TemporaryFolder>("grade");
    job.order = {.hand_in = path,
                 .root = options_.hand_ins,
                 .folder = job.folder->path(),
                 .only_student = options_.only_student,
                 .described_labs = described_labs_,
                 .time_max = options_.time_max};
    job.graded.source = path.lexically_relative(options_.hand_ins).string();
    job.worker = &supervisor_.start({.name = "work on " + job.graded.source,
                                     .program = program_,
                                     .arguments = worker_arguments(job.order),
                                     .has_own_group = true});
    job.end = read_clocks().instant + kClockFactor * options_.time_max;
    running_.push_back(std::move(job));
  }

  void wait_for_one() {
    const auto is_over = [](const Job& job) {
      return job.worker->has_ended() || read_clocks().instant >= job.end;
    };
    const Instant end = std::ranges::min_element(running_, {}, &Job::end)->end;
    const auto left = std::chrono::ceil<Milliseconds>(end - read_clocks().instant);
    // First what has ended already: while another hand-in was opened or marked, nobody looked at the clock
    // for this one, and an analysis that was in time must not be called late.
    constexpr Milliseconds kLook{1};
    supervisor_.run_until([] { return false; }, kLook);
    supervisor_.run_until([&] { return std::ranges::any_of(running_, is_over); }, std::max(left, kLook));
    const auto job = std::ranges::find_if(running_, is_over);
    if (job == running_.end()) return;
    if (finish(*job))
      done_.push_back(std::move(job->graded));
    else
      ++skipped_;
    running_.erase(job);
  }

  // False for a hand-in of somebody who is not asked for.
  bool finish(Job& job) {
    GradedHandIn& graded = job.graded;
    const bool is_late = !job.worker->has_ended();
    if (is_late) supervisor_.stop(*job.worker, SIGKILL, Milliseconds(1000));
    const session::ExitStatus status = job.worker->exit_status().value_or(session::ExitStatus{0, SIGKILL});
    const std::string words = job.worker->last_words();
    if (!status.is_success() && is_trouble_of_this_machine(words))
      throw std::runtime_error("nothing was marked, and marks of an earlier run stay as they are: " + words +
                               " (temporary files are made in " + fs::temp_directory_path().string() +
                               "; set TMPDIR for another place)");
    const auto hand_in = read_found_hand_in(job.order);
    if (hand_in) {
      graded.lab = hand_in->lab;
      graded.student = hand_in->student;
      graded.fault = hand_in->fault;
    }
    if (!options_.only_student.empty() && graded.student != options_.only_student) return false;
    const auto lab = labs_.find(graded.lab);
    if (is_late) {
      graded.fault = "it took longer than " + std::to_string(kClockFactor * options_.time_max.count()) +
                     " s and was stopped";
    } else if (status.signal == SIGXCPU) {
      graded.fault = "it took more than " + std::to_string(options_.time_max.count()) +
                     " s of computing and was stopped";
    } else if (!hand_in) {
      graded.fault = hand_in.error() + " (" + render(status) + ')' + (words.empty() ? "" : ": " + words);
    } else if (graded.fault.empty() && lab == labs_.end()) {
      graded.fault = "there is no lab '" + terminal_safe(graded.lab) + "' here";
    } else if (graded.fault.empty()) {
      graded.points_max = lab->second.points();
      graded.capture_sha256 = sha256_of_file(hand_in->capture);
      take_analysis(job, status, lab->second, *hand_in);
    }
    return true;
  }

  void take_analysis(Job& job, const session::ExitStatus& status, const Lab& lab,
                     const HandIn& hand_in) const {
    GradedHandIn& graded = job.graded;
    if (!status.is_success() && status.code != kDamagedInput) {
      // Without the name of our folder, which is another one each time.
      std::string why = job.worker->last_words();
      const std::string capture = hand_in.capture.string();
      if (const std::size_t at = why.find(capture); at != why.npos) why.replace(at, capture.size(), "it");
      graded.fault = "the capture could not be analysed (" + render(status) + "): " + why;
      return;
    }
    if (status.code == kDamagedInput) graded.fault = "the capture is damaged; marked by what could be read";
    try {
      mark(job, lab, hand_in);
    } catch (const std::runtime_error& error) {
      graded.questions.clear();
      graded.fault = std::string("could not be marked: ") + error.what();
    }
  }

  void mark(Job& job, const Lab& lab, const HandIn& hand_in) const {
    const Instant end = read_clocks().instant + kMarkingTimeMax;
    const AnswerKey key(analysis_folder(job.order), draw_variant(lab, hand_in.student), lab.description,
                        kQueryTimeMax);
    if (!lab.is_mine.empty() && key.ask(lab.is_mine).empty()) {
      job.graded.fault =
          "the capture is not of this student's session: what only their session has is not in it";
      return;
    }
    const Answers answers = parse_answers(lab, hand_in.answers);
    for (const Question& question : lab.questions) {
      // Each query is bounded; many slow ones together must not hold up the class.
      if (read_clocks().instant >= end)
        throw std::runtime_error("the questions took longer than " + std::to_string(kMarkingTimeMax.count()) +
                                 " s");
      const auto given = answers.find(question.id);
      GradedQuestion& graded = job.graded.questions.emplace_back();
      graded.id = lab.id + '.' + question.id;
      const std::string answer = given != answers.end() ? given->second : std::string();
      graded.given = shortened(answer, question.kind == AnswerKind::free_text ? kFreeTextMax : kGivenMax);
      for (const std::string& value : accepted_answers(question, key))
        graded.accepted += (graded.accepted.empty() ? "" : " | ") + value;
      graded.mark = mark_answer(question, key, answer);
      graded.points = graded.mark.points;
      graded.points_max = question.points;
    }
    job.graded.points = job.graded.sum_of_questions();
    options_.marked(lab, key, job.graded);
  }

  const MarkingOptions& options_;
  fs::path program_;
  std::map<std::string, Lab> labs_;
  std::string described_labs_;  // ids, each with a blank behind it
  session::Supervisor supervisor_;
  std::vector<Job> running_;
  std::vector<GradedHandIn> done_;
  std::size_t skipped_ = 0;  // of others
};

}  // namespace

std::vector<GradedHandIn> mark_hand_ins(const MarkingOptions& options) { return Marking(options).run(); }

}  // namespace plaintalk::labs
