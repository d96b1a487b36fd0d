// Direct messages that have not reached somebody, for the NOTE DIRECT of later logins: what came while an
// account had no connection, and what went to a connection that was lost and was not followed by anything
// from there.
//
// Nobody acknowledges a message. So the last number is kept that nothing has followed yet, and when it was
// said; whatever comes later, on any connection of the account that has been written everything, is taken for
// a sign that the messages before it arrived. What comes in the same turn of the loop may have crossed them,
// and is not.
#pragma once

#include <cstdint>

#include "messenger/core/world.hpp"

namespace plaintalk::messenger::core {

// A message of a conversation has got the number `seq`; what `sender` says it has heard itself.
void note_direct(World& world, Room& room, AccountHandle sender, std::uint64_t seq);

// A connection of the account is about to end: what it has heard counts for those that remain.
void keep_signs_of(Account& account, const Connection& connection);
// The account is without the connections that messages went to, or another one comes: what nothing has
// followed counts as unheard from now on.
void give_up_waiting_for_signs(World& world, Account& account);

// NOTE DIRECT for each conversation in which something is unheard. As many as half of what may wait for the
// connection: the others are told once those have been asked for.
void tell_unheard(World& world, Connection& connection);
// The connection asks for messages of the conversation, by name: it has been told.
void note_asked(Room& room, AccountHandle account);

}  // namespace plaintalk::messenger::core
