#include "labs/relay/standard_end.hpp"

#include <cerrno>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/system/system_error.hpp>
#include <fcntl.h>
#include <unistd.h>

namespace plaintalk::relay {
namespace {

namespace asio = boost::asio;

int copy_of(int descriptor) {
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  if (copy < 0)
    throw boost::system::system_error(errno, boost::system::system_category(), "standard streams");
  return copy;
}

}  // namespace

StandardEnd::StandardEnd(asio::io_context& io)
    : input_(io, copy_of(STDIN_FILENO)),
      output_(io, copy_of(STDOUT_FILENO)),
      input_mode_(::fcntl(STDIN_FILENO, F_GETFL)),
      output_mode_(::fcntl(STDOUT_FILENO, F_GETFL)) {}

StandardEnd::~StandardEnd() {
  ::fcntl(STDIN_FILENO, F_SETFL, input_mode_);
  ::fcntl(STDOUT_FILENO, F_SETFL, output_mode_);
}

void StandardEnd::read(std::span<char> room, Handler handler) {
  input_.async_read_some(asio::buffer(room.data(), room.size()), std::move(handler));
}

void StandardEnd::write(std::string_view bytes, Handler handler) {
  output_.async_write_some(asio::buffer(bytes), std::move(handler));
}

void StandardEnd::finish() {
  boost::system::error_code ignored;
  output_.close(ignored);
}

void StandardEnd::close() {
  boost::system::error_code ignored;
  input_.close(ignored);
  output_.close(ignored);
}

}  // namespace plaintalk::relay
