#include "messenger/core/file_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace plaintalk::messenger::core {
namespace {

constexpr std::uint64_t kChargeMin = 4096;
constexpr int kHandleBase = 36;

std::string handle_of(std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number, kHandleBase);
  return "f" + std::string(digits.data(), end);
}

}  // namespace

StoredFile& FileTable::add() {
  StoredFile& file = files_[++last_number_];
  file.number = last_number_;
  file.handle = handle_of(last_number_);
  return file;
}

// Only the canonical spelling counts, so that one file has one name.
std::optional<std::uint64_t> FileTable::number_of(std::string_view handle) const {
  if (handle.size() < 2 || handle.front() != 'f') return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(handle.data() + 1, handle.data() + handle.size(), number, kHandleBase);
  if (error != std::errc{} || end != handle.data() + handle.size() || handle_of(number) != handle)
    return std::nullopt;
  return number;
}

StoredFile* FileTable::find(std::string_view handle) {
  const auto number = number_of(handle);
  if (!number) return nullptr;
  const auto found = files_.find(*number);
  return found == files_.end() ? nullptr : &found->second;
}

bool FileTable::was_given(std::string_view handle) const {
  const auto number = number_of(handle);
  return number && *number > 0 && *number <= last_number_;
}

void FileTable::remove(StoredFile& file) {
  charged_size_ -= charge_of(file.size);
  files_.erase(file.number);
}

std::uint64_t FileTable::charge_of(std::uint64_t size) { return std::max(size, kChargeMin); }

StoredFile* FileTable::oldest_droppable() {
  for (auto& [number, file] : files_)
    if (file.is_complete && file.reader_count == 0 && file.connection == nullptr) return &file;
  return nullptr;
}

}  // namespace plaintalk::messenger::core
