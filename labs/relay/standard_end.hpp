// An End that is this program's standard input and output: terminal, pipe or file.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "labs/relay/end.hpp"

namespace plaintalk::relay {

class StandardEnd : public End {
 public:
  // Puts both into non-blocking mode, which others who have the same terminal see, too; the destructor puts
  // them back. Throws boost::system::system_error when one of them is closed.
  explicit StandardEnd(boost::asio::io_context& io);
  ~StandardEnd() override;

  void read(std::span<char> room, Handler handler) override;
  void write(std::string_view bytes, Handler handler) override;
  bool has_unsent() const override { return false; }
  void watch(std::function<void()> /*on_reset*/) override {}
  void finish() override;
  void abort() override { close(); }
  void close() override;

 private:
  boost::asio::posix::stream_descriptor input_;
  boost::asio::posix::stream_descriptor output_;
  int input_mode_;
  int output_mode_;
};

}  // namespace plaintalk::relay
