#include "messenger/net/json_writer.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include "base/check.hpp"
#include "base/text.hpp"

namespace plaintalk::messenger {

void JsonWriter::put_escaped(char* place, std::string_view text) {
  const std::string escaped =
      json_safe(nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  check(escaped.size() <= size_max(text), "a byte becomes six at most");
  at_ = place;
  raw(escaped);
}

}  // namespace plaintalk::messenger
