// A person at a terminal: line editing and history, colours, a progress bar in the prompt, and messages above
// the line being typed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "messenger/client/application.hpp"
#include "messenger/client/command.hpp"
#include "messenger/client/front_end.hpp"
#include "messenger/client/history_file.hpp"
#include "messenger/client/line_editor.hpp"
#include "messenger/client/render_text.hpp"
#include "messenger/client/talk_target.hpp"

namespace plaintalk::messenger::client {

class TerminalFront : public FrontEnd {
 public:
  // `target`: where plain text goes at the beginning.
  explicit TerminalFront(TalkTarget target = {});

  void start(Application& application) override;
  void run(boost::asio::io_context& io) override;
  void on_event(const Event& event) override;
  void on_ready() override;
  void on_status(const ConnectionStatus& status) override;
  void on_interrupt() override;
  bool gives_up() const override { return false; }

 private:
  void run_line(const std::string& line);
  void show(const std::string& text);
  void update_prompt();

  Application* application_ = nullptr;
  std::unique_ptr<LineEditor> editor_;
  HistoryFile history_;
  TalkTarget target_;
  TextStyle style_;
  std::optional<TransferProgress> transfer_;
  bool online_ = false;
  bool asked_to_leave_ = false;
  std::uint64_t keys_at_interrupt_ = 0;
};

// For a password: typed without being shown. For a name: shown. Nothing at the end of input.
std::optional<std::string> ask_on_terminal(const std::string& question, bool secret);

}  // namespace plaintalk::messenger::client
