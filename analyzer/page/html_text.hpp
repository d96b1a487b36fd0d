// Text of strangers on its way into a page: nothing of it can become markup, a script or a request.
#pragma once

#include <string>
#include <string_view>

namespace plaintalk::analyzer {

// For the content of an element and for an attribute in quotation marks. Characters that turn the direction
// of reading become visible escapes such as \u{202e}.
std::string escape_html(std::string_view text);

// JSON for a <script> element: no "<", ">" or "&" is left in it, so nothing can end the element.
std::string json_for_page(std::string_view json);

// A text as a string of JSON.
std::string json_text(std::string_view text);

// 'sha256-...' for a Content-Security-Policy (CSP level 3, section 2.3.1).
std::string policy_hash(std::string_view text);

}  // namespace plaintalk::analyzer
