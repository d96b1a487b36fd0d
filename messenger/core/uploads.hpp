// PUT, DATA, DONE and STAT (docs/PROTOCOL.md, section 7), and the end of uploads that are given up.
//
// An upload belongs to its account and survives its connection: the same PUT resumes it. DATA is answered
// when it is accepted, CREDIT follows what was really stored, and DONE waits for the SHA-256 of the last
// chunk. The OK to DONE may be lost with its connection, so DONE may be sent again at any later time: the
// handle says which file is meant, and it is announced once.
#pragma once

#include <string_view>

#include "messenger/core/replies.hpp"
#include "messenger/core/world.hpp"
#include "protocol/frame.hpp"

namespace plaintalk::messenger::core {

Answer handle_put(World& world, Connection& connection, const Frame& frame);
Answer handle_data(World& world, Connection& connection, const Frame& frame);
Answer handle_done(World& world, Connection& connection, const Frame& frame);
Answer handle_stat(World& world, Connection& connection, const Frame& frame);

// False when it is not an open upload of this account.
bool cancel_upload(World& world, Connection& connection, std::string_view handle);
// The connection is going: its uploads wait to be resumed.
void release_uploads(World& world, Connection& connection);
// Nobody can come back for the uploads of the account.
void discard_uploads(World& world, const Account& account);
void advance_uploads(World& world);
void take_spool_result(World& world, const SpoolResult& result);

}  // namespace plaintalk::messenger::core
