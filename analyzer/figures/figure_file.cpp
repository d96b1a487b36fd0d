#include "analyzer/figures/figure_file.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <stdexcept>
#include <utility>

#include <unistd.h>

#include "base/text.hpp"

namespace plaintalk::analyzer {
namespace {

constexpr double kPixelsMin = 200;
constexpr double kPixelsMax = 10'000;
constexpr std::array<std::pair<std::string_view, double>, 3> kPaperUnits{
    {{"mm", 96 / 25.4}, {"cm", 96 / 2.54}, {"in", 96}}};

bool is_picture(std::string_view head, PictureFormat format) {
  switch (format) {
    case PictureFormat::png: return head.starts_with("\x89PNG");
    case PictureFormat::pdf: return head.starts_with("%PDF");
    default: return head.starts_with("<svg") || head.starts_with("<?xml");
  }
}

}  // namespace

std::optional<Length> parse_length(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number)) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  Length length{number, false};
  if (!unit.empty() && unit != "px") {
    length.is_on_paper = true;
    bool known = false;
    for (const auto& [name, pixels] : kPaperUnits)
      if (unit == name) {
        length.pixels = number * pixels;
        known = true;
      }
    if (!known) return std::nullopt;
  }
  if (!(length.pixels >= kPixelsMin && length.pixels <= kPixelsMax)) return std::nullopt;
  return length;
}

std::optional<PictureFormat> picture_format(const std::filesystem::path& path) {
  const std::string ending = path.extension().string();
  if (ending == ".svg") return PictureFormat::svg;
  if (ending == ".png") return PictureFormat::png;
  if (ending == ".pdf") return PictureFormat::pdf;
  return std::nullopt;
}

void write_picture(const std::filesystem::path& path, PictureFormat format, const std::string& picture) {
  const std::string shown = terminal_safe(path.string());
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    std::array<char, 8> head{};
    std::ifstream old(path, std::ios::binary);
    old.read(head.data(), head.size());
    const std::string_view bytes(head.data(), static_cast<std::size_t>(old.gcount()));
    if (!std::filesystem::is_regular_file(path, error) || !(bytes.empty() || is_picture(bytes, format)))
      throw std::runtime_error(shown +
                               " exists and is no picture of that kind: choose another name, or remove it");
  }
  const std::filesystem::path partial = path.string() + ".partial-" + std::to_string(::getpid());
  {
    std::ofstream file(partial, std::ios::binary | std::ios::trunc);
    file << picture << std::flush;
    if (!file) {
      std::filesystem::remove(partial, error);
      throw std::runtime_error("cannot write " + shown);
    }
  }
  std::filesystem::rename(partial, path, error);
  if (!error) return;
  const std::string why = error.message();
  std::filesystem::remove(partial, error);
  throw std::runtime_error("cannot write " + shown + ": " + why);
}

}  // namespace plaintalk::analyzer
