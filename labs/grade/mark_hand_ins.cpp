#include "labs/grade/mark_hand_ins.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <tuple>

#include <sys/resource.h>

#include "base/crypto/digest.hpp"
#include "base/text.hpp"
#include "labs/course/lab_file.hpp"
#include "labs/course/lab_folders.hpp"
#include "labs/files/temporary_folder.hpp"
#include "labs/grade/hand_in_reader.hpp"
#include "labs/session/supervisor.hpp"
#include "labs/workspace/answers_file.hpp"

namespace plaintalk::labs {
namespace {

namespace fs = std::filesystem;

constexpr Nanoseconds kQueryTimeMax = std::chrono::seconds(2);
constexpr std::chrono::seconds kMarkingTimeMax{3};
// What is kept of an answer, in bytes: all hand-ins of a class are in memory together.
constexpr std::size_t kGivenMax = 500;
constexpr std::size_t kFreeTextMax = 64U << 10;
constexpr rlim_t kFileSizeMax = rlim_t{256} << 20;
constexpr const char* kMemoryMiB = "128";
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

// One hand-in that is being analysed.
struct Job {
  std::unique_ptr<TemporaryFolder> folder;
  HandIn hand_in;
  GradedHandIn graded;
  const Lab* lab = nullptr;
  session::ChildProcess* analysis = nullptr;
  Instant end{};
};

class Marking {
 public:
  explicit Marking(const MarkingOptions& options) : options_(options) {
    for (const auto& folder : lab_folders(options.labs)) {
      LabFile file = read_lab(folder);
      if (!file.faults.empty())
        throw std::runtime_error(folder.string() + " cannot be used: " + file.faults.front());
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
    job.hand_in = open_hand_in(path, options_.hand_ins, job.folder->path() / "hand-in");
    if (!options_.only_student.empty() && job.hand_in.student != options_.only_student) {
      ++skipped_;
      return;
    }
    job.graded = {.source = job.hand_in.source,
                  .lab = job.hand_in.lab,
                  .student = job.hand_in.student,
                  .fault = job.hand_in.fault};
    const auto lab = labs_.find(job.hand_in.lab);
    if (job.graded.fault.empty() && lab == labs_.end())
      job.graded.fault = "there is no lab '" + terminal_safe(job.hand_in.lab) + "' here";
    if (!job.graded.fault.empty()) {
      done_.push_back(std::move(job.graded));
      return;
    }
    job.lab = &lab->second;
    job.graded.points_max = job.lab->points();
    job.graded.capture_sha256 = sha256_of_file(job.hand_in.capture);
    job.analysis = &supervisor_.start(
        {.name = "analysis of " + job.hand_in.source,
         .program = session::require_program("plaintalk-analyze"),
         .arguments = {"--quiet", "--show-secrets", "--memory-max", kMemoryMiB, "--out",
                       (job.folder->path() / "analysis").string(), "--", job.hand_in.capture.string()}});
    const auto seconds = static_cast<rlim_t>(options_.time_max.count());
    limit(job.analysis->pid(), RLIMIT_CPU, seconds);
    limit(job.analysis->pid(), RLIMIT_FSIZE, kFileSizeMax);
    job.end = read_clocks().instant + options_.time_max;
    running_.push_back(std::move(job));
  }

  static void limit(pid_t process, __rlimit_resource resource, rlim_t most) {
    const rlimit bounds{most, most};
    ::prlimit(process, resource, &bounds, nullptr);  // one that has ended needs none
  }

  void wait_for_one() {
    const auto is_over = [](const Job& job) {
      return job.analysis->has_ended() || read_clocks().instant >= job.end;
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
    finish(*job);
    done_.push_back(std::move(job->graded));
    running_.erase(job);
  }

  void finish(Job& job) {
    GradedHandIn& graded = job.graded;
    if (!job.analysis->has_ended()) {
      supervisor_.stop(*job.analysis, SIGKILL, Milliseconds(1000));
      graded.fault =
          "the analysis took longer than " + std::to_string(options_.time_max.count()) + " s and was stopped";
      return;
    }
    const session::ExitStatus status = *job.analysis->exit_status();
    if (!status.is_success() && status.code != kDamagedInput) {
      // Without the name of our folder, which is another one each time.
      std::string why = job.analysis->last_words();
      const std::string capture = job.hand_in.capture.string();
      if (const std::size_t at = why.find(capture); at != why.npos) why.replace(at, capture.size(), "it");
      graded.fault = "the capture could not be analysed (" + render(status) + "): " + why;
      return;
    }
    if (status.code == kDamagedInput) graded.fault = "the capture is damaged; marked by what could be read";
    try {
      mark(job);
    } catch (const std::runtime_error& error) {
      graded.questions.clear();
      graded.fault = std::string("could not be marked: ") + error.what();
    }
  }

  void mark(Job& job) const {
    const Lab& lab = *job.lab;
    const Instant end = read_clocks().instant + kMarkingTimeMax;
    const AnswerKey key(job.folder->path() / "analysis", draw_variant(lab, job.hand_in.student),
                        kQueryTimeMax);
    if (!lab.is_mine.empty() && key.ask(lab.is_mine).empty()) {
      job.graded.fault =
          "the capture is not of this student's session: what only their session has is not in it";
      return;
    }
    const Answers answers = parse_answers(lab, job.hand_in.answers);
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
  std::map<std::string, Lab> labs_;
  session::Supervisor supervisor_;
  std::vector<Job> running_;
  std::vector<GradedHandIn> done_;
  std::size_t skipped_ = 0;  // of others
};

}  // namespace

std::vector<GradedHandIn> mark_hand_ins(const MarkingOptions& options) { return Marking(options).run(); }

}  // namespace plaintalk::labs
