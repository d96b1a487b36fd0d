#include "analyzer/tables/table.hpp"

#include <gtest/gtest.h>

#include "analyzer/tables/csv_tables.hpp"
#include "analyzer/tables/result_rows.hpp"

namespace plaintalk::analyzer {
namespace {

WallTime at(std::int64_t nanoseconds) { return WallTime(Nanoseconds(nanoseconds)); }

TEST(Tables, HaveTheColumnsOthersRelyOnFirst) {
  const auto begins_with = [](std::string_view name, const std::string& columns) {
    const std::string header = csv_header(*find_table(name));
    return header.starts_with(columns + ",") || header == columns + "\n";
  };
  EXPECT_TRUE(begins_with(
      "connections",
      "connection,start_time,duration_s,client_address,client_port,server_address,server_port,role_reason,"
      "state,"
      "history,client_packets,server_packets,client_bytes,server_bytes,client_retransmitted_packets,"
      "server_retransmitted_packets,client_out_of_order_packets,server_out_of_order_packets,client_duplicate_"
      "acks,"
      "server_duplicate_acks,client_gap_bytes,server_gap_bytes,duplicate_capture_packets,handshake_rtt_us,"
      "client_rtt_count,client_rtt_min_us,client_rtt_mean_us,client_rtt_p95_us,server_rtt_count,server_rtt_"
      "min_us,"
      "server_rtt_mean_us,server_rtt_p95_us,protocol"));
  EXPECT_TRUE(begins_with("tcp_events",
                          "time,packet,connection,direction,verdict,offset,length,rule,confidence,evidence"));
  EXPECT_TRUE(begins_with("pdus",
                          "time,connection,direction,first_packet,last_packet,packets,stream_offset,length,"
                          "verb,arguments,body_length"));
  EXPECT_TRUE(begins_with(
      "messages",
      "room,seq,sender,time_in,packet_in,time_ok,body_length,text,members,deliveries,missing,latency_min_us,"
      "latency_p50_us,latency_max_us"));
  EXPECT_TRUE(
      begins_with("deliveries", "room,seq,recipient,connection,packet_out,time_out,latency_us,time_acked"));
  EXPECT_TRUE(begins_with("credentials", "time,packet,connection,user,method,secret"));
  EXPECT_TRUE(begins_with(
      "files",
      "file,room,seq,name,sender,recipients,size,sha256_announced,sha256_carved,complete,gap_bytes,path"));
}

TEST(Rows, GiveTheSameTextEveryTime) {
  // Goal: the exact text of a small model. Method: a message with two deliveries, whose every sink is
  // formula-like.
  MessageResult message;
  message.server = "10.0.0.100:7777";
  message.room = "@alice,bob";
  message.seq = 7;
  message.sender = "alice";
  message.kind = "text";
  message.origin = "live";
  message.in = {12, at(1'700'000'000'123'456'789)};
  message.in_connection = ConnectionId{3};
  message.ok = at(1'700'000'000'200'000'000);
  message.body_length = 5;
  message.text = "=1+1\n";
  message.balance.members = 2;
  message.balance.deliveries = 1;
  message.balance.missing = 1;
  message.latency_min = Nanoseconds(53'250);
  message.latency_p50 = Nanoseconds(-1);
  const DeliveryResult delivery{
      "bob", "d1",       ConnectionId{4}, {13, at(1'700'000'000'123'510'039)}, Nanoseconds(53'250),
      {},    "delivered"};
  EXPECT_EQ(csv_line(row_of(message)),
            "\"@alice,bob\",7,alice,1700000000.123456789,12,1700000000.200000000,5,\"'=1+1\n\",2,1,1,53.250,"
            "-0.001,,text,live,"
            "0,0,0,0,0,3,0,10.0.0.100:7777\n");
  EXPECT_EQ(csv_line(row_of(message, delivery)),
            "\"@alice,bob\",7,bob,4,13,1700000000.123510039,53.250,,delivered,d1,10.0.0.100:7777\n");
}

TEST(Rows, OfConnectionsAndFindingsFillEveryColumn) {
  ConnectionRecord connection;
  connection.id = ConnectionId{1};
  connection.start = at(5);
  connection.end = at(1'000'000'006);
  connection.client.rtt = {2, Nanoseconds(1000), Nanoseconds(1500), Nanoseconds(2000), Nanoseconds(2000)};
  const std::string line = csv_line(row_of(ConnectionResult{&connection, "plaintalk", "alice", "d1"}));
  EXPECT_TRUE(line.starts_with("1,0.000000005,1.000000001,0.0.0.0,0,0.0.0.0,0,")) << line;
  EXPECT_NE(line.find(",2,1.000,1.500,2.000,0,,,,plaintalk,alice,d1,"), std::string::npos) << line;
  EXPECT_EQ(
      csv_line(row_of(Finding{Severity::high, "leaked-message", "T7", at(-500'000'000), {}, {4, 9}, "text"})),
      "high,leaked-message,-0.500000000,,4 9,T7,text\n");
}

TEST(TableText, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(table_text("plain \xc3\xa4\n\tend"), "plain \xc3\xa4\n\tend");
  EXPECT_EQ(table_text(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(table_text("\x1b[31m\r\x7f"), "\\x1b[31m\\x0d\\x7f");
  EXPECT_EQ(table_text("\xc2\x9b"
                       "31m"),
            "\\xc2\\x9b31m");
  EXPECT_EQ(table_text("bad \xff\xc3"), "bad \\xff\\xc3");
}

}  // namespace
}  // namespace plaintalk::analyzer
