// Events as the lines that people read, and that scripts and tests compare. Text from strangers is made safe
// for terminals.
#pragma once

#include <string>

#include "messenger/client/event.hpp"

namespace plaintalk::messenger::client {

struct TextStyle {
  bool colours = false;
  std::string user;  // whose conversations "@alice,bob" are shown as "@bob"
};

// Whole lines, each with its LF; empty for what has nothing to show (a message that was accepted: it comes
// back as a message).
std::string render(const Event& event, const TextStyle& style);

// "#lab", or "@bob" for the conversation of `user` with bob.
std::string room_label(const std::string& room, const std::string& user);

// "! 403 DENIED: join #lab first"
std::string render(const Refusal& refusal);

// "router.bin  [#####.....]  50 %  73.2 KiB of 146.5 KiB"
std::string progress_bar(const TransferProgress& progress);

// What /expect looks at: the words of somebody else's message, of a file, or of a notice; empty for anything
// else.
std::string expectable_text(const Event& event);

}  // namespace plaintalk::messenger::client
