// Line editing with history on a terminal (libedit), while an event loop runs and prints.
//
// libedit asks for the next character through a callback; ours runs the event loop until there is one. What
// the loop prints goes through print(): the line being typed is erased, the text written, and the line drawn
// again below it, so nothing is ever garbled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "messenger/client/input_watch.hpp"
#include "messenger/client/paste_filter.hpp"

namespace plaintalk::messenger::client {

// How many rows the end of `text` is below its beginning on a terminal of that many columns. A wide character
// that would be cut by the edge goes to the next row as a whole.
std::size_t rows_above_end(std::wstring_view text, std::size_t columns);

class LineEditor {
 public:
  explicit LineEditor(boost::asio::io_context& io);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  // The next line, pastes expanded; nothing at the end of input or when the loop was stopped.
  std::optional<std::string> read_line();
  // Whole lines, shown above what is being typed.
  void print(std::string_view text);
  void set_prompt(const std::string& prompt);
  void add_to_history(const std::string& line);
  // The line that read_line() gave last, with its marks instead of what was pasted.
  void remember_entered_line();
  // Empties the line; false when it is empty already.
  bool clear_line();
  // Keys pressed so far, to know whether there were any in between.
  std::uint64_t key_count() const { return key_count_; }
  // Removes the entered line from the screen: it will come back as a message.
  void erase_entered_line();

 private:
  struct Edit;
  int next_character(wchar_t& character);
  void wait_for_input();
  void watch_signals();
  void erase_edited();

  boost::asio::io_context& io_;
  InputWatch input_;
  boost::asio::signal_set signals_;
  std::unique_ptr<Edit> edit_;
  PasteFilter filter_;
  std::deque<wchar_t> characters_;
  std::wstring prompt_;
  std::string entered_;
  std::size_t entered_rows_ = 0;
  std::uint64_t key_count_ = 0;
  bool waiting_ = false;
  bool editing_ = false;
  bool input_ended_ = false;
};

}  // namespace plaintalk::messenger::client
