// Files through the server, in chunks, resumable and verified (docs/PROTOCOL.md, section 7).
//
// An upload belongs to its account and survives its connection: the same PUT resumes it. It is given up after
// kUploadIdleMax without data. A finished file stays in the spool until the spool needs the place for
// another. When the OK to DONE may have been lost with its connection (nothing came after it), the same PUT
// and DONE are answered again and the file is not announced twice.
#pragma once

#include <string_view>

#include "base/time.hpp"
#include "messenger/core/replies.hpp"
#include "messenger/core/world.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::core {

inline constexpr Milliseconds kUploadIdleMax{600'000};
inline constexpr Milliseconds kUploadCheckInterval{1'000};

Answer handle_put(World& world, Connection& connection, const Frame& frame);
Answer handle_data(World& world, Connection& connection, const Frame& frame);
Answer handle_done(World& world, Connection& connection, const Frame& frame);
Answer handle_stat(World& world, Connection& connection, const Frame& frame);
Answer handle_get(World& world, Connection& connection, const Frame& frame);
Answer handle_credit(World& world, Connection& connection, const Frame& frame);
Answer handle_cancel(World& world, Connection& connection, const Frame& frame);

// Puts the next chunk of a running download into the empty queue, if one may be sent.
void fill_bulk(World& world, Connection& connection);
bool has_bulk(const Connection& connection);

// The connection is going: its downloads end, its uploads wait to be resumed.
void release_transfers(Connection& connection);
void discard_uploads(World& world, Account& account);
// False when it is not a running upload of this account.
bool cancel_upload(World& world, Connection& connection, std::string_view handle);
void confirm_file(Connection& connection);
void advance_uploads(World& world);

}  // namespace plaintalk::messenger::core
