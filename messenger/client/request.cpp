#include "messenger/client/request.hpp"

#include "protocol/frame_writer.hpp"
#include "protocol/names.hpp"

namespace plaintalk::messenger::client {

void encode(const Request& request, const std::string& wire_id, std::string& out, bool counted) {
  FrameWriter frame(out, request.verb);
  const auto end_with = [&](const std::string& text) {
    if (counted)
      frame.counted_body(text);
    else
      frame.body(text);
  };
  if (!request.target.empty()) frame.argument(escape(request.target));
  switch (request.verb) {
    case Verb::say:
      frame.parameter("id", wire_id);
      end_with(request.text.value_or(""));
      return;
    case Verb::history:
      if (request.before) frame.parameter("before", *request.before);
      if (request.after) frame.parameter("after", *request.after);
      if (request.limit != 0) frame.parameter("limit", std::uint64_t{request.limit});
      break;
    case Verb::help:
      if (request.text) frame.argument(escape(*request.text));
      break;
    case Verb::part:
    case Verb::topic:
    case Verb::away:
    case Verb::ping:
    case Verb::quit:
      if (request.text) {
        end_with(*request.text);
        return;
      }
      break;
    default: break;
  }
  frame.end();
}

}  // namespace plaintalk::messenger::client
