#include "messenger/client/line_editor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <stdexcept>

#include <histedit.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/front_door.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr int kHistorySize = 1000;
constexpr std::string_view kBracketedPasteOn = "\x1b[?2004h";
constexpr std::string_view kBracketedPasteOff = "\x1b[?2004l";
constexpr std::size_t kLineCharactersMax = 60'000;

std::size_t columns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

void put(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

}  // namespace

std::size_t rows_above_end(std::wstring_view text, std::size_t columns) {
  std::size_t row = 0;
  std::size_t column = 0;
  for (const wchar_t character : text) {
    const int cells = ::wcwidth(character);
    // libedit shows a control character as ^X, each sign by itself.
    const std::size_t width = cells >= 0 ? static_cast<std::size_t>(cells) : 2;
    if (cells > 1 && column + width > columns) {
      ++row;
      column = 0;
    }
    column += width;
    row += column / columns;
    column %= columns;
  }
  return row;
}

struct LineEditor::Edit {
  EditLine* line = nullptr;
  HistoryW* history = nullptr;
  LineEditor* owner = nullptr;

  static Edit& of(EditLine* line) {
    void* data = nullptr;
    el_wget(line, EL_CLIENTDATA, &data);
    return *static_cast<Edit*>(data);
  }
  static wchar_t* prompt(EditLine* line) { return of(line).owner->prompt_.data(); }
  static int character(EditLine* line, wchar_t* out) { return of(line).owner->next_character(*out); }
};

LineEditor::LineEditor(boost::asio::io_context& io)
    : io_(io), input_(io, STDIN_FILENO), signals_(io), edit_(std::make_unique<Edit>()) {
  edit_->owner = this;
  edit_->line = el_init("plaintalk-client", stdin, stdout, stderr);
  edit_->history = history_winit();
  if (edit_->line == nullptr || edit_->history == nullptr)
    throw std::runtime_error("cannot edit lines on this terminal: use plain lines with `cat | " +
                             front_door("client") + "`");
  HistEventW event{};
  history_w(edit_->history, &event, H_SETSIZE, kHistorySize);
  history_w(edit_->history, &event, H_SETUNIQUE, 1);
  EditLine* line = edit_->line;
  el_wset(line, EL_CLIENTDATA, static_cast<void*>(edit_.get()));
  el_wset(line, EL_EDITOR, L"emacs");
  el_wset(line, EL_PROMPT, &Edit::prompt);
  el_wset(line, EL_GETCFN, &Edit::character);
  el_wset(line, EL_HIST, history_w, edit_->history);
  el_wset(line, EL_SIGNAL, 0);
  // CR as it is: a pasted CR LF would be two line ends otherwise.
  el_wset(line, EL_SETTY, L"-d", L"-icrnl", nullptr);
  const std::array<std::array<const wchar_t*, 2>, 12> keys{{{L"\\e[1~", L"ed-move-to-beg"},
                                                            {L"\\e[4~", L"ed-move-to-end"},
                                                            {L"\\e[H", L"ed-move-to-beg"},
                                                            {L"\\e[F", L"ed-move-to-end"},
                                                            {L"\\eOH", L"ed-move-to-beg"},
                                                            {L"\\eOF", L"ed-move-to-end"},
                                                            {L"\\e[3~", L"ed-delete-next-char"},
                                                            {L"\\e[1;5C", L"em-next-word"},
                                                            {L"\\e[1;5D", L"ed-prev-word"},
                                                            {L"^W", L"ed-delete-prev-word"},
                                                            {L"^U", L"em-kill-line"},
                                                            {L"^R", L"em-inc-search-prev"}}};
  for (const auto& [key, action] : keys) el_wset(line, EL_BIND, key, action, nullptr);
  put(kBracketedPasteOn);
  std::fflush(stdout);
  watch_signals();
}

LineEditor::~LineEditor() {
  put(kBracketedPasteOff);
  std::fflush(stdout);
  history_wend(edit_->history);
  el_end(edit_->line);  // gives the terminal its old modes back
}

void LineEditor::watch_signals() {
  signals_.clear();
  signals_.add(SIGWINCH);
  signals_.add(SIGCONT);
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    if (number == SIGCONT && editing_) {
      el_wset(edit_->line, EL_PREP_TERM, 0);
      el_wset(edit_->line, EL_PREP_TERM, 1);
    }
    if (number == SIGWINCH) el_resize(edit_->line);
    print("");
    watch_signals();
  });
}

void LineEditor::wait_for_input() {
  if (std::exchange(waiting_, true)) return;
  input_.wait([this] {
    waiting_ = false;
    std::array<char, 4096> bytes;
    const ssize_t got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (got > 0)
      filter_.feed(std::string_view(bytes.data(), static_cast<std::size_t>(got)), characters_);
    else if (got == 0 || (errno != EINTR && errno != EAGAIN))
      input_ended_ = true;
  });
}

int LineEditor::next_character(wchar_t& character) {
  while (characters_.empty()) {
    if (input_ended_ || io_.stopped()) {
      erase_edited();
      return 0;
    }
    wait_for_input();
    io_.run_one();
  }
  character = characters_.front();
  characters_.pop_front();
  const LineInfoW* info = el_wline(edit_->line);
  const auto typed = static_cast<std::size_t>(info->lastchar - info->buffer);
  if (typed >= kLineCharactersMax && character >= 0x20) character = 0x07;  // full: only ring
  ++key_count_;
  if (character == L'\r' || character == L'\n')
    entered_rows_ = rows_above_end(prompt_ + std::wstring(info->buffer, typed), columns()) + 1;
  return 1;
}

std::optional<std::string> LineEditor::read_line() {
  int count = 0;
  editing_ = true;
  const wchar_t* line = el_wgets(edit_->line, &count);
  editing_ = false;
  if (line == nullptr || count <= 0) {
    put("\r\x1b[J");  // no prompt stays behind for what is shown next
    std::fflush(stdout);
    return std::nullopt;
  }
  std::wstring_view text(line, static_cast<std::size_t>(count));
  while (!text.empty() && (text.back() == L'\n' || text.back() == L'\r')) text.remove_suffix(1);
  entered_ = narrow(text);
  return filter_.expand(entered_);
}

void LineEditor::erase_edited() {
  const LineInfoW* info = el_wline(edit_->line);
  const std::wstring before(info->buffer, static_cast<std::size_t>(info->cursor - info->buffer));
  const std::size_t rows_above = rows_above_end(prompt_ + before, columns());
  put("\r");
  if (rows_above > 0) put("\x1b[" + std::to_string(rows_above) + "A");
  put("\x1b[J");
}

void LineEditor::print(std::string_view text) {
  if (!editing_) {
    put(text);
    std::fflush(stdout);
    return;
  }
  erase_edited();
  put(text);
  std::fflush(stdout);
  el_wset(edit_->line, EL_REFRESH);
}

void LineEditor::erase_entered_line() {
  if (entered_rows_ == 0) return;
  put("\x1b[" + std::to_string(entered_rows_) + "A\r\x1b[J");
  std::fflush(stdout);
  entered_rows_ = 0;
}

void LineEditor::set_prompt(const std::string& prompt) {
  std::wstring wide = widen(prompt);
  if (wide == prompt_) return;
  if (editing_) erase_edited();
  prompt_ = std::move(wide);
  if (editing_) el_wset(edit_->line, EL_REFRESH);
}

void LineEditor::add_to_history(const std::string& line) {
  HistEventW event{};
  history_w(edit_->history, &event, H_ENTER, (widen(line) + L"\n").c_str());
}

void LineEditor::remember_entered_line() {
  if (entered_.find_first_not_of(' ') != std::string::npos) add_to_history(entered_);
}

bool LineEditor::clear_line() {
  const LineInfoW* info = el_wline(edit_->line);
  const bool had_text = info->lastchar != info->buffer;
  if (!had_text) return false;
  characters_.push_back(0x15);  // ^U
  return true;
}

}  // namespace plaintalk::messenger::client
