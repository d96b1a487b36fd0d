// What stories about files have in common: PUT, DATA and DONE in one line each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tests/messenger/core/lab.hpp"

namespace plaintalk::messenger::test {

// Bytes that differ from place to place.
std::string pattern(std::size_t size);
std::string put_line(std::string_view name, std::string_view content, std::string_view to);
// The handle; empty when PUT was refused.
std::string put(Person& person, std::string_view name, std::string_view content, std::string_view to);
// One DATA frame without reading the answer, and with it.
void send_data(Person& person, std::string_view file, std::size_t offset, std::string_view content);
std::string data(Person& person, std::string_view file, std::size_t offset, std::string_view content);
// Sends the whole file from `next` on; returns everything heard, the FILE announcement included.
std::string upload(Person& person, std::string_view file, std::string_view content, std::size_t next = 0);
// PUT and all of it; the handle.
std::string share(Person& person, std::string_view name, std::string_view content, std::string_view to);

}  // namespace plaintalk::messenger::test
