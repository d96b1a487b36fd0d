// Scripts, pipes and terminals without line editing: one line after another, each when the one before was
// answered.
//
// A script stops at the first line that fails or takes too long (exit 1) unless the line starts with '-'. A
// pipe shows errors and goes on. What is printed is the plain transcript that a person sees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "messenger/client/application.hpp"
#include "messenger/client/command.hpp"
#include "messenger/client/front_end.hpp"
#include "messenger/client/input_lines.hpp"
#include "messenger/client/progress_lines.hpp"
#include "messenger/client/render_text.hpp"
#include "messenger/client/talk_target.hpp"

namespace plaintalk::messenger::client {

inline constexpr std::size_t kSeenTextCountMax = 10'000;  // what /expect can look back at

struct LineFrontOptions {
  int input = 0;        // descriptor that the lines come from, unless `lines` has them
  bool script = false;  // strict, and allows the words of scripts
  std::string name;     // of the script, for its error messages
  TalkTarget target{};  // of plain text, at the beginning
  // Instead of /quit, when all lines are done.
  std::function<void()> at_end{};
};

class LineFront : public FrontEnd {
 public:
  explicit LineFront(LineFrontOptions options);
  // The lines of a script that has been read already.
  LineFront(LineFrontOptions options, std::deque<std::string> lines);

  void start(Application& application) override;
  void on_event(const Event& event) override;
  void on_ready() override;
  void on_status(const ConnectionStatus& status) override;
  void on_interrupt() override;
  void on_terminate() override;

  const TalkTarget& target() const { return target_; }

 private:
  enum class Wait : std::uint8_t { ready, input, answer, expect, members, sleep, back_again, end };

  void next();
  void run_line(std::string line);
  void run_command(const Command& command);
  void wait_for(Wait what);
  void line_done();
  void line_failed(const std::string& why);
  void start_deadline();
  void timed_out();
  bool find_expected();
  void count_members();
  void on_answered(const Answered& done);
  void print(const std::string& text);
  std::string waiting_for() const;
  std::string place() const;  // of the line that runs, for messages

  LineFrontOptions options_;
  Application* application_ = nullptr;
  std::optional<boost::asio::steady_timer> timer_;
  std::unique_ptr<InputLines> input_;
  bool lines_given_ = false;
  std::deque<std::string> lines_;
  std::deque<std::string> first_lines_;  // from --room
  std::size_t line_number_ = 0;
  std::string line_;
  bool may_fail_ = false;
  Wait wait_ = Wait::ready;
  Command command_;
  std::optional<RequestId> request_;
  std::optional<RequestId> count_request_;
  std::deque<std::string> seen_;
  ProgressLines progress_;
  TalkTarget target_;
  TextStyle style_;
};

}  // namespace plaintalk::messenger::client
