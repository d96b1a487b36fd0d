#include "analyzer/page/rival_explanations.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace plaintalk::analyzer {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

constexpr std::array<Entry, 36> kRivals{{
    {"T1",
     "In PLAINTALK there is none: the frame is a login. Of an unknown protocol the line only has the form of "
     "one, and may be ordinary talk; the server's answer settles it."},
    {"T2",
     "None: the frame names it a token. Whether it is still good depends on what came after, for each use "
     "replaces it."},
    {"T3",
     "A mistyped password looks like a guessed one. Many tries in a short time, or for many names, speak for "
     "guessing."},
    {"T4",
     "The copy may have been sent and not captured, without leaving a hole that shows. The server's own log, "
     "or a capture at the receiver, settles it."},
    {"T5",
     "The capture may hold a packet twice without it being recognised as a copy. Compare sequence numbers: a "
     "real second copy has its own."},
    {"T6",
     "The capture may have written packets in another order than they were sent. The sequence numbers of the "
     "connection say in which order its bytes were."},
    {"T7",
     "A JOIN that was not captured makes a member look like a stranger. Look for the connection's JOIN or "
     "SYNC before the capture began, or in one of its holes."},
    {"T8",
     "Damage on the way that a checksum did not catch, or bytes that the capture cut. The other copies show "
     "which of them differs."},
    {"T9",
     "The number may belong to a message that this capture did not see: of another connection, in a hole, or "
     "before the start."},
    {"T10",
     "A hole in the capture just before, or another program on this port, makes good bytes look bad. Whether "
     "the server answered with an error settles it."},
    {"T11",
     "A garbled greeting of our own protocol looks like another one. The bytes themselves, with Follow "
     "Stream in Wireshark, settle it."},
    {"T12",
     "Lost by the network, or by the capture? Where the receiver acknowledged the bytes, it was the capture; "
     "the row of the connection tells."},
    {"T13",
     "A damaged packet that its checksum did not give away contradicts in the same way as an attempt to "
     "deceive. Where the checksum is right and the TTL differs, think of the second."},
    {"T14",
     "The command may lie in a hole, or before the capture began. The identifiers in both frames tell which "
     "belong together."},
    {"T15",
     "The sender announced a wrong hash, or the file changed while it was sent, or bytes were damaged on the "
     "way. A second download that gives the same bytes rules the last one out."},
    {"T16",
     "The transfer was given up by its people, or only part of it was captured. The file's row has the "
     "holes."},
    {"T17",
     "Two versions of a file under one handle, or damage. The hash of each whole transfer says which is the "
     "announced one."},
    {"T18",
     "Only a restart begins numbers anew, unless two servers share an address. The greeting's run= differs "
     "after a restart."},
    {"T19",
     "None: it is a limit of this analysis, not of the traffic. More --memory-max, or a shorter capture, "
     "settles what is uncertain because of it."},
    {"T20",
     "None: it is a limit of this analysis. The connection may have gone on; a larger --memory-max follows "
     "it to its end."},
    {"T21",
     "A handshake that was captured and damaged looks the same. The first packet of the connection is the "
     "first that is known of it."},
    {"T22",
     "The copy waited in the server, on a slow connection, or was sent again after a loss. The receiver's "
     "window and repeats around it tell which."},
    {"T23",
     "None: the server said so. Whether the client was at fault or the server stands in the error's number "
     "(4xx or 5xx)."},
    {"T24",
     "None: the server said so. Why the reader was slow, its window tells: a zero window is its own program, "
     "a lost packet the network."},
    {"T25",
     "None: the server's answer says dup=1. The first try was answered, and the answer was lost on its way "
     "or its connection."},
    {"T26",
     "An account that took over the name in a part that was not captured. The logins on both connections "
     "settle it."},
    {"T27",
     "None: the capture counted them itself. Which packets they were nobody knows; they may explain what "
     "else is missing here."},
    {"T28",
     "A file that is still being written looks like a damaged one. Copy it again when its capture has "
     "ended."},
    {"T29",
     "None that matters for the talk: such packets hold no TCP. If there are many of a tunnel or a link "
     "type, the messenger may be inside."},
    {"T30", "None: the file says so itself. What was said is real, and what TCP did is not in it."},
    {"T31",
     "The network may have delivered them twice. A receiver that says so (D-SACK) settles it; without one, "
     "two interfaces are the usual reason."},
    {"T32",
     "Damage, or a test of how receivers overlap fragments. What the receiver answered shows which bytes it "
     "kept."},
    {"T33", "None: it is a bound that keeps the analysis small, and --packets-max moves it."},
    {"T34",
     "The description lacks a rule, or its framing is wrong and cuts units in the wrong places. Report "
     "check-protocol shows their bytes."},
    {"T35",
     "Somebody sent one message that looks like several. Where the description says how a message begins is "
     "what decides here."},
    {"T36",
     "Two messages, of which the second looks like the end of the first. The program that sent them knows "
     "how "
     "often it called send()."},
}};

}  // namespace

std::string_view rival_explanation(std::string_view rule) {
  const auto* const found =
      std::find_if(kRivals.begin(), kRivals.end(), [&](const Entry& entry) { return entry.first == rule; });
  return found == kRivals.end() ? std::string_view{} : found->second;
}

}  // namespace plaintalk::analyzer
