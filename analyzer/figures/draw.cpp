#include "analyzer/figures/draw.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/program_path.hpp"
#include "base/spawn_program.hpp"
#include "base/write_all.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr std::size_t kHeadSizeMax = 64;

std::string style_json(const FigureStyle& style) {
  nlohmann::json filter = nlohmann::json::object();
  const auto add = [&filter](const char* name, const std::string& value) {
    if (!value.empty()) filter[name] = value;
  };
  add("person", style.person);
  add("room", style.room);
  add("connection", style.connection);
  add("from", style.from);
  add("to", style.to);
  const nlohmann::json json{{"width", style.width},
                            {"height", style.height},
                            {"font", style.font},
                            {"font_size", style.font_size},
                            {"scheme", style.dark ? "dark" : "light"},
                            {"filter", filter}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// A file without a name: the program reads it as fast as it likes, and nobody waits for it.
FileDescriptor request_file(std::span<const std::string> documents, const FigureStyle& style) {
  FileDescriptor file(::memfd_create("figures", MFD_CLOEXEC));
  std::string text = "{\"style\":" + style_json(style) + ",\"documents\":[";
  for (std::size_t at = 0; at < documents.size(); ++at) text += (at == 0 ? "" : ",") + documents[at];
  text += "]}";
  if (!file.is_open() || write_all(file.number(), text) != 0 || ::lseek(file.number(), 0, SEEK_SET) != 0)
    throw std::runtime_error(std::string("cannot hand over the figures: ") + std::strerror(errno));
  return file;
}

const char* word_of(PictureFormat format) {
  switch (format) {
    case PictureFormat::png: return "png";
    case PictureFormat::pdf: return "pdf";
    default: return "svg";
  }
}

// One run of the program. Reads its answers one by one, and ends it.
class Draughtsman {
 public:
  Draughtsman(std::span<const std::string> documents, const FigureStyle& style, PictureFormat format,
              double scale, const DrawLimits& limits)
      : limits_(limits) {
    const FileDescriptor request = request_file(documents, style);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      throw std::runtime_error(std::string("cannot make a pipe: ") + std::strerror(errno));
    answers_ = FileDescriptor(ends[0]);
    const FileDescriptor written(ends[1]);
    const auto program = find_program("plaintalk-draw");
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limits.time).count();
    std::vector<std::string> words{
        program ? program->string() : "plaintalk-draw",
        "--format",
        word_of(format),
        "--scale",
        fmt::format("{}", scale),
        "--cpu-limit",
        std::to_string(std::max<long>(1, seconds) * static_cast<long>(documents.size() + 1))};
    try {
      process_ = spawn_program(std::move(words), {.input = request.number(), .output = written.number()});
    } catch (const std::system_error& error) {
      throw std::runtime_error("cannot start plaintalk-draw (" + error.code().message() +
                               "): it belongs beside this program; build or install it");
    }
  }
  Draughtsman(const Draughtsman&) = delete;
  Draughtsman& operator=(const Draughtsman&) = delete;
  ~Draughtsman() {
    ::kill(process_, SIGKILL);
    wait_for_exit(process_);
  }

  // False when it has ended, or was too slow, before it answered: `failure` says which.
  bool answer(Drawing& drawing, std::string& failure) {
    const Instant end = read_clocks().instant + limits_.time;
    std::size_t line = 0;
    while ((line = buffer_.find('\n')) == buffer_.npos) {
      if (buffer_.size() > kHeadSizeMax || !read_more(end, failure)) return false;
    }
    const std::string head = buffer_.substr(0, line);
    const bool good = head.starts_with("picture ");
    if (!good && !head.starts_with("error ")) return fail(failure, "it said something unknown");
    const std::string_view number = std::string_view(head).substr(head.find(' ') + 1);
    std::size_t size = 0;
    if (std::from_chars(number.data(), number.data() + number.size(), size).ec != std::errc() ||
        size > limits_.size_max)
      return fail(failure, "the picture is too large");
    while (buffer_.size() < line + 1 + size + 1)
      if (!read_more(end, failure)) return false;
    (good ? drawing.picture : drawing.error) = buffer_.substr(line + 1, size);
    buffer_.erase(0, line + 1 + size + 1);
    return true;
  }

 private:
  static bool fail(std::string& failure, const char* why) {
    failure = why;
    return false;
  }
  bool read_more(Instant end, std::string& failure) {
    const auto left = std::chrono::ceil<Milliseconds>(end - read_clocks().instant).count();
    struct pollfd ready {
      answers_.number(), POLLIN, 0
    };
    const int count = left <= 0 ? 0 : ::poll(&ready, 1, static_cast<int>(std::min<long>(left, 1'000'000)));
    if (count < 0 && errno == EINTR) return true;
    if (count <= 0) return fail(failure, "it took too long and was ended");
    std::array<char, 1 << 16> block{};
    const ssize_t size = ::read(answers_.number(), block.data(), block.size());
    if (size < 0 && errno == EINTR) return true;
    if (size <= 0)
      return fail(failure, "plaintalk-draw ended before it was drawn: it took too much memory or time");
    buffer_.append(block.data(), static_cast<std::size_t>(size));
    return true;
  }

  const DrawLimits& limits_;
  FileDescriptor answers_;
  pid_t process_ = -1;
  std::string buffer_;
};

}  // namespace

std::vector<Drawing> draw(const std::vector<std::string>& documents, const FigureStyle& style,
                          PictureFormat format, double scale, const DrawLimits& limits) {
  std::vector<Drawing> drawings(documents.size());
  const std::span<const std::string> all(documents);
  std::size_t next = 0;
  while (next < documents.size()) {
    Draughtsman draughtsman(all.subspan(next), style, format, scale, limits);
    std::string failure;
    while (next < documents.size() && draughtsman.answer(drawings[next], failure)) ++next;
    // The one that it did not come through is given up, and another run draws the rest.
    if (next < documents.size()) drawings[next++].error = failure;
  }
  return drawings;
}

}  // namespace plaintalk::analyzer
