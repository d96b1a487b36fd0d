#include "tests/messenger/core/files.hpp"

#include "base/crypto/digest.hpp"
#include "base/text.hpp"

namespace plaintalk::messenger::test {

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t index = 0; index < size; ++index)
    bytes[index] = static_cast<char>(index * 31 + index / 251);
  return bytes;
}

std::string put_line(std::string_view name, std::string_view content, std::string_view to) {
  return "PUT " + std::string(name) + " " + std::to_string(content.size()) +
         " sha256=" + hex(sha256(content)) + " to=" + std::string(to);
}

std::string put(Person& person, std::string_view name, std::string_view content, std::string_view to) {
  return value_of(person.asks(put_line(name, content, to)), "file");
}

void send_data(Person& person, std::string_view file, std::size_t offset, std::string_view content) {
  person.sends_bytes("DATA " + std::string(file) + " " + std::to_string(offset) + " {" +
                     std::to_string(content.size()) + "}\n" + std::string(content) + "\n");
}

std::string data(Person& person, std::string_view file, std::size_t offset, std::string_view content) {
  send_data(person, file, offset, content);
  return person.reads();
}

std::string upload(Person& person, std::string_view file, std::string_view content, std::size_t next) {
  std::string heard;
  while (next < content.size()) {
    const std::string_view chunk = content.substr(next, 16384);
    heard += data(person, file, next, chunk);
    next += chunk.size();
  }
  return heard + person.asks("DONE " + std::string(file));
}

std::string share(Person& person, std::string_view name, std::string_view content, std::string_view to) {
  const std::string file = put(person, name, content, to);
  upload(person, file, content);
  return file;
}

}  // namespace plaintalk::messenger::test
