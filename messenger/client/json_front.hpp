// For programs: JSON lines in are requests, JSON lines out are events (docs/CLIENT.md). Requests need not
// wait for each other.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "messenger/client/application.hpp"
#include "messenger/client/front_end.hpp"
#include "messenger/client/input_lines.hpp"
#include "messenger/client/progress_lines.hpp"
#include "messenger/client/talk_target.hpp"

namespace plaintalk::messenger::client {

// So many requests may be unanswered before no more input is read.
inline constexpr std::size_t kJsonWaitingCountMax = 256;

class JsonFront : public FrontEnd {
 public:
  explicit JsonFront(int input) : fd_(input) {}

  void start(Application& application) override;
  void on_event(const Event& event) override;
  void on_ready() override;
  void on_status(const ConnectionStatus& status) override;
  void on_interrupt() override;

 private:
  void read_next();
  void run_line(const std::string& line);
  void quit_when_done();
  void print(const nlohmann::json& json);
  void print_refused(const std::string& tag, const std::string& why);

  int fd_;
  Application* application_ = nullptr;
  std::unique_ptr<InputLines> input_;
  bool reading_ = false;
  bool at_end_ = false;
  bool started_ = false;
  std::map<RequestId, std::string> tags_;
  TalkTarget target_;
  ProgressPace progress_;
};

}  // namespace plaintalk::messenger::client
