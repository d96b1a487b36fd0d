#include "messenger/client/paste_filter.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/text.hpp"

namespace plaintalk::messenger::client {
namespace {

constexpr std::string_view kPasteStart = "\x1b[200~";
constexpr std::string_view kPasteEnd = "\x1b[201~";
constexpr wchar_t kReplacement = 0xFFFD;

std::size_t sequence_size(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  if (first >= 0xF0 && first < 0xF5) return 4;
  return 0;
}

// REQUIRES: `text` is one well-formed character.
wchar_t decode_one(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (text.size() == 1) return static_cast<wchar_t>(first);
  std::uint32_t value = first & (0x7FU >> text.size());
  for (const char c : text.substr(1)) value = value << 6 | (static_cast<unsigned char>(c) & 0x3FU);
  return static_cast<wchar_t>(value);
}

std::string one_kind_of_line_end(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      out += '\n';
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else {
      out += text[i];
    }
  }
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

}  // namespace

std::wstring widen(std::string_view text) {
  std::wstring wide;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = sequence_size(static_cast<unsigned char>(text[at]));
    if (size != 0 && at + size <= text.size() && is_utf8(text.substr(at, size))) {
      wide += decode_one(text.substr(at, size));
      at += size;
    } else {
      wide += kReplacement;
      ++at;
    }
  }
  return wide;
}

std::string narrow(std::wstring_view text) {
  std::string out;
  const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  for (const wchar_t character : text) {
    auto value = static_cast<std::uint32_t>(character);
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) value = 0xFFFD;
    if (value < 0x80) {
      add(value);
    } else if (value < 0x800) {
      add(0xC0 | value >> 6);
      add(0x80 | (value & 0x3F));
    } else if (value < 0x10000) {
      add(0xE0 | value >> 12);
      add(0x80 | (value >> 6 & 0x3F));
      add(0x80 | (value & 0x3F));
    } else {
      add(0xF0 | value >> 18);
      add(0x80 | (value >> 12 & 0x3F));
      add(0x80 | (value >> 6 & 0x3F));
      add(0x80 | (value & 0x3F));
    }
  }
  return out;
}

void PasteFilter::feed(std::string_view bytes, std::deque<wchar_t>& characters) {
  pending_ += bytes;
  while (!pending_.empty() && take_one(characters)) {
  }
}

// False when more bytes are needed.
bool PasteFilter::take_one(std::deque<wchar_t>& characters) {
  if (pasting_) {
    const auto end = pending_.find(kPasteEnd);
    // The end mark may be cut: keep what could be its beginning.
    const std::size_t safe = end != std::string::npos             ? end
                             : pending_.size() > kPasteEnd.size() ? pending_.size() - kPasteEnd.size()
                                                                  : 0;
    pasted_.append(pending_, 0, std::min(safe, kPasteSizeMax - std::min(kPasteSizeMax, pasted_.size())));
    pending_.erase(0, safe);
    if (end == std::string::npos) return false;
    pending_.erase(0, kPasteEnd.size());
    pasting_ = false;
    paste_ended(characters);
    return true;
  }
  // Text pasted by a terminal that does not mark it: CR LF is one Enter.
  if (std::exchange(after_return_, pending_[0] == '\r') && pending_[0] == '\n') {
    pending_.erase(0, 1);
    return true;
  }
  if (pending_.starts_with(kPasteStart)) {
    pending_.erase(0, kPasteStart.size());
    pasting_ = true;
    pasted_.clear();
    return true;
  }
  // A lone Escape is a key; with more behind it, it may be the cut mark.
  if (pending_.size() > 2 && kPasteStart.starts_with(pending_)) return false;
  const std::size_t size = sequence_size(static_cast<unsigned char>(pending_[0]));
  if (size > pending_.size() && size <= 4) return false;
  const std::size_t taken = std::max<std::size_t>(size, 1);
  for (const wchar_t character : widen(std::string_view(pending_).substr(0, taken)))
    characters.push_back(character);
  pending_.erase(0, taken);
  return true;
}

void PasteFilter::paste_ended(std::deque<wchar_t>& characters) {
  std::string text = one_kind_of_line_end(pasted_);
  pasted_.clear();
  const auto line_count = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
  if (line_count > 1) {
    std::string mark =
        "[paste " + std::to_string(++paste_count_) + ": " + std::to_string(line_count) + " lines]";
    pastes_.emplace_back(mark, std::move(text));
    if (pastes_.size() > kPasteCountMax) pastes_.pop_front();
    text = std::move(mark);
  }
  for (const wchar_t character : widen(text)) {
    if (character == L'\t' || character == L'\n')
      characters.push_back(L' ');
    else if (character >= 0x20 && character != 0x7F && !(character >= 0x80 && character < 0xA0))
      characters.push_back(character);
  }
}

std::string PasteFilter::expand(std::string line) const {
  for (const auto& [mark, text] : pastes_) {
    if (const auto at = line.find(mark); at != std::string::npos) line.replace(at, mark.size(), text);
  }
  return line;
}

}  // namespace plaintalk::messenger::client
