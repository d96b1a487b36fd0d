// Text from strangers, made safe for each place it may end up in. Everything from the wire is hostile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace plaintalk {

// Well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing above U+10FFFF.
bool is_utf8(std::string_view text);
// How many bytes at the front of `text` are well-formed UTF-8; text.size() when all are.
std::size_t utf8_prefix_size(std::string_view text);

// For a terminal or a log line: control characters (C0, DEL, C1), line breaks, bidirectional overrides and
// bytes that are not UTF-8 become visible escapes (\n, \x1b, \u{202e}); everything else stays as it is. A
// backslash is doubled, so that the result can be read back unambiguously.
std::string terminal_safe(std::string_view text);

// One CSV field (RFC 4180), quoted when needed. A field that a spreadsheet would run as a formula (it starts
// with = + - @ TAB or CR) gets a leading apostrophe, after OWASP "CSV Injection". Plain numbers and the names
// of conversations ("@alice,bob") are no formulas and stay as they are, so that tables can be joined by them.
std::string csv_field(std::string_view text);
void append_csv_field(std::string& out, std::string_view text);

// A JSON text whose control characters (DEL, C1) and bidirectional overrides are escaped as \uXXXX: JSON
// allows them raw (RFC 8259, section 7), but a person who looks at the line in a terminal is misled by them.
std::string json_safe(std::string_view json);

// For HTML and for Markdown table cells.
std::string markdown_cell(std::string_view text);

// "1 packet", "2 packets".
std::string plural(std::uint64_t count, std::string_view thing);

// Lower-case hexadecimal.
std::string hex(std::string_view bytes);

}  // namespace plaintalk
