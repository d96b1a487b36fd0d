// From the values of the layers below to rows of the tables: the only place that knows both.
#pragma once

#include "analyzer/stream/stream_sink.hpp"
#include "analyzer/tables/table.hpp"
#include "analyzer/talk/results.hpp"

namespace plaintalk::analyzer {

Row row_of(const ConnectionResult& result);
Row row_of(const TcpEvent& result);
Row row_of(const PduResult& result);
Row row_of(const MessageResult& result);
Row row_of(const MessageResult& message, const DeliveryResult& result);
Row row_of(const CredentialResult& result);
Row row_of(const UserResult& result);
Row row_of(const FileResult& result);
Row row_of(const TransferResult& result);
Row row_of(const RoomResult& result);
Row row_of(const TimelineResult& result);
Row row_of(const Finding& result);

// "client" or "server".
std::string_view sender_of(Direction direction);

}  // namespace plaintalk::analyzer
