-- PLAINTALK/1 for Wireshark 4: frames of the protocol (docs/PROTOCOL.md), wherever segments cut them; every
-- verb, argument and name can be filtered; what is no frame says why; a message knows its copies.
--
--   wireshark -X lua_script:plaintalk.lua session.pcapng
--
-- The rules are those of protocol/line.cpp and protocol/frame_decoder.cpp; tests/conformance/wireshark_units.py
-- compares what both make of the same captures.

local proto = Proto("plaintalk", "PLAINTALK/1")

local LINE_SIZE_MAX = 4096
local TOKEN_COUNT_MAX = 32
local VERB_SIZE_MAX = 32
local BODY_SIZE_MAX = 1048576
-- Of a line without an end Wireshark would put together all that comes, anew for each segment.
local UNENDED_LINE_MAX = 65536

local fields = {
  frame = ProtoField.string("plaintalk.frame", "Frame"),
  verb = ProtoField.string("plaintalk.verb", "Verb"),
  length = ProtoField.uint32("plaintalk.length", "Length", base.DEC, nil, nil,
                             "Bytes on the wire, line ends included"),
  argument = ProtoField.string("plaintalk.argument", "Argument"),
  parameter = ProtoField.string("plaintalk.parameter", "Parameter"),
  body = ProtoField.string("plaintalk.body", "Body"),
  body_length = ProtoField.uint32("plaintalk.body_length", "Body length"),
  room = ProtoField.string("plaintalk.room", "Room"),
  seq = ProtoField.uint64("plaintalk.seq", "Number in the room"),
  user = ProtoField.string("plaintalk.user", "User"),
  id = ProtoField.string("plaintalk.id", "Id"),
  code = ProtoField.uint16("plaintalk.code", "Code"),
  name = ProtoField.string("plaintalk.error_name", "Name of the error"),
  file = ProtoField.string("plaintalk.file", "File"),
  offset = ProtoField.uint64("plaintalk.offset", "Offset in the file"),
  password = ProtoField.string("plaintalk.password", "Password, readable"),
  token = ProtoField.string("plaintalk.token", "Token, readable"),
  fault = ProtoField.string("plaintalk.fault", "Fault", base.UNICODE, "Why this is no frame"),
  said_in = ProtoField.framenum("plaintalk.said_in", "Said in", base.NONE, frametype.REQUEST),
  copy_in = ProtoField.framenum("plaintalk.copy_in", "Copy in", base.NONE, frametype.RESPONSE),
  copies = ProtoField.uint32("plaintalk.copies", "Copies", base.DEC, nil, nil,
                             "Packets that bring it to somebody, pages of history included; so far, in the first pass"),
}
proto.fields = fields

local experts = {
  fault = ProtoExpert.new("plaintalk.fault.expert", "No frame of PLAINTALK/1", expert.group.MALFORMED,
                          expert.severity.ERROR),
  refused = ProtoExpert.new("plaintalk.refused", "The server refused a command", expert.group.RESPONSE_CODE,
                            expert.severity.WARN),
  secret = ProtoExpert.new("plaintalk.secret", "A password or token that anybody can read",
                           expert.group.SECURITY, expert.severity.WARN),
  lost = ProtoExpert.new("plaintalk.lost", "Messages were left out for a slow reader", expert.group.SEQUENCE,
                         expert.severity.NOTE),
}
proto.experts = experts

proto.prefs.port = Pref.uint("TCP port", 7777, "Where a messenger is taken to listen; others are found by the greeting")

local tcp_stream = Field.new("tcp.stream")

-- Of the capture. Packets are looked at again in any order, so what the first pass found is kept by packet.
local known

local VERBS = {}
for verb in ([[PLAINTALK/1 HELP REGISTER LOGIN AUTH PING PONG QUIT AWAY VERBOSE OK ERR NOTE BYE ROOMS JOIN PART WHO
  TOPIC JOINED PARTED PRES SAY HISTORY SYNC MSG END GAP PUT DATA DONE STAT GET CANCEL CREDIT ACK FILE]]):gmatch("%S+") do
  VERBS[verb] = true
end

function proto.init()
  known = {
    line_sizes = {},   -- "stream": from the greeting
    begun = {},        -- "stream/sender": something of it was read
    foreign = {},      -- "stream/sender": the packet that showed that it is something else
    dead = {},         -- "stream/sender": the packet behind which nothing can be read
    asked = {},        -- "stream/id": { packet, room } of a SAY that waits for its OK
    said = {},         -- "server/seq": list of { packet of the SAY, room as the SAY has it }
    copies = {},       -- "server/seq": list of { packet of a MSG, room as the MSG has it }
    said_by = {},      -- by packet and place of a SAY: { room, seq }
  }
end

local function unescaped(token)
  return (token:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- The number in {N}; nil when it is none, false when it is a wrong one.
local function count_of(token)
  if #token < 2 or token:sub(1, 1) ~= "{" or token:sub(-1) ~= "}" then return nil end
  local digits = token:sub(2, -2)
  if not digits:match("^%d+$") or #digits > 10 or (#digits > 1 and digits:sub(1, 1) == "0") then return false end
  return tonumber(digits)
end

-- What a refused line announces (body_mark.cpp): no body when its text begins first.
local function announced_by(line)
  local at = 1
  local last
  while true do
    local from, to = line:find("[^ ]+", at)
    if not from then break end
    if line:sub(from, from) == ":" then return nil end
    last = line:sub(from, to)
    at = to + 1
  end
  if not last then return nil end
  return count_of(last)
end

-- RFC 3629. The first byte that is not well-formed, or nil.
local function utf8_fault(text)
  local at = 1
  while at <= #text do
    local byte = text:byte(at)
    local size = byte < 0x80 and 1 or (byte >= 0xC2 and byte < 0xE0) and 2 or (byte >= 0xE0 and byte < 0xF0) and 3 or
      (byte >= 0xF0 and byte < 0xF5) and 4 or 0
    if size == 0 or at + size - 1 > #text then return at end
    for place = at + 1, at + size - 1 do
      local next_byte = text:byte(place)
      if next_byte < 0x80 or next_byte > 0xBF then return at end
    end
    local second = text:byte(at + 1)
    if (byte == 0xE0 and second < 0xA0) or (byte == 0xED and second > 0x9F) or (byte == 0xF0 and second < 0x90) or
       (byte == 0xF4 and second > 0x8F) then
      return at
    end
    at = at + size
  end
  return nil
end

local function text_fault(text)
  local forbidden = text:find("[\r%z]")
  local bad = utf8_fault(text)
  if bad and (not forbidden or bad < forbidden) then return "not_utf8" end
  return forbidden and "bad_text" or nil
end

local function is_http_request(line)
  local method, target, version = line:match("^([^ ]+) ([^ ]+) (HTTP/[%d.]+)$")
  if not method or not method:match("^[%a-]+$") or target:sub(1, 1) == ":" then return false end
  return version:match("^HTTP/%d$") ~= nil or version:match("^HTTP/%d%.%d$") ~= nil
end

-- A line without its line end: what it says, or a fault.
local function parse(line)
  local frame = { arguments = {}, parameters = {}, keys = {}, places = {} }
  local verb = line:match("^%a[%w/_-]*")
  if not verb or #verb > VERB_SIZE_MAX or (#line > #verb and line:sub(#verb + 1, #verb + 1) ~= " ") then
    return nil, "bad_verb"
  end
  frame.verb_text = verb
  frame.verb = VERBS[verb:upper()] and verb:upper() or verb
  local at = #verb + 1
  local count = 0
  while true do
    at = line:find("[^ ]", at)
    if not at then return frame end
    if line:sub(at, at) == ":" then
      local text = line:sub(at + 1)
      local fault = text_fault(text)
      if fault then return nil, fault end
      frame.inline = { text = text, from = at }
      return frame
    end
    local to = (line:find(" ", at, true) or #line + 1) - 1
    local token = line:sub(at, to)
    if token:find("[^\x21-\x7E]") or token:gsub("%%%x%x", ""):find("%", 1, true) then return nil, "bad_token" end
    local body_size = count_of(token)
    if body_size ~= nil and not line:find("[^ ]", to + 1) then
      if body_size == false then return nil, "bad_count" end
      if body_size > BODY_SIZE_MAX then return nil, "body_too_large" end
      frame.counted = body_size
      return frame
    end
    count = count + 1
    if count > TOKEN_COUNT_MAX then return nil, "too_many_tokens" end
    local equals = token:find("=", 2, true)
    if equals then
      local key = token:sub(1, equals - 1)
      table.insert(frame.parameters, { token, at })
      if frame.keys[key] == nil then frame.keys[key] = { token:sub(equals + 1), at } end
    else
      table.insert(frame.arguments, { token, at })
    end
    at = to + 1
  end
end

-- Behind a body that ends before `at`: the size of its line end (an optional CR and the LF), 0 when there is none; or
-- nil and how many bytes more it takes to know.
local function body_end_size(bytes, at)
  if #bytes < at then return nil, at - #bytes end
  if bytes:byte(at) == 0x0A then return 1 end
  if bytes:byte(at) ~= 0x0D then return 0 end
  if #bytes < at + 1 then return nil, 1 end
  return bytes:byte(at + 1) == 0x0A and 2 or 0
end

-- The unit that begins at `at` of the bytes: its size and what it is, or how many bytes more it needs (nil: an
-- unknown number), as a second result.
local function next_unit(bytes, at, line_size_max)
  local line_end = bytes:find("\n", at, true)
  local size = line_end and line_end - at + 1 or #bytes - at + 1
  if size > line_size_max or (not line_end and size >= line_size_max) then
    if not line_end and size <= math.max(UNENDED_LINE_MAX, line_size_max) then return nil, nil end
    if not line_end then return { size = size, fault = "line_too_long", is_fatal = true } end
    local announced = announced_by(bytes:sub(at, line_end - 1):gsub("\r$", ""))
    if announced == false then return { size = #bytes - at + 1, fault = "bad_count", is_fatal = true } end
    return { size = size, fault = "line_too_long", skips = announced }
  end
  if not line_end then return nil, nil end
  local line = bytes:sub(at, line_end - 1):gsub("\r$", "")
  if not line:find("[^ ]") then return { size = size, is_blank = true } end
  local frame, fault = parse(line)
  if is_http_request(line) or (fault and line:lower():sub(1, 5) == "host:") then
    return { size = #bytes - at + 1, fault = "not_plaintalk", is_fatal = true }
  end
  if fault then
    local announced = announced_by(line)
    if announced == false then return { size = #bytes - at + 1, fault = "bad_count", is_fatal = true } end
    if announced and announced > BODY_SIZE_MAX then
      return { size = #bytes - at + 1, fault = "body_too_large", is_fatal = true }
    end
    return { size = size, fault = fault, skips = announced }
  end
  frame.line = line
  if not frame.counted then return { size = size, frame = frame } end
  local end_size, more = body_end_size(bytes, line_end + frame.counted + 1)
  if not end_size then return nil, more end
  if end_size == 0 then return { size = #bytes - at + 1, fault = "bad_body_end", is_fatal = true } end
  frame.body_from = line_end + 1
  return { size = size + frame.counted + end_size, frame = frame }
end

-- A refused line takes the body that it announces with it.
local function with_skipped(bytes, at, unit)
  if not unit.skips then return unit end
  local end_size, more = body_end_size(bytes, at + unit.size + unit.skips)
  if not end_size then return nil, more end
  if end_size == 0 then
    unit.size = #bytes - at + 1
    unit.then_fault = "bad_body_end"
    unit.is_fatal = true
    return unit
  end
  unit.size = unit.size + unit.skips + end_size
  return unit
end

local function value_of(frame, key) return frame.keys[key] and frame.keys[key][1] end
local function argument_of(frame, index) return frame.arguments[index] and frame.arguments[index][1] end

local function body_of(frame, bytes)
  if frame.inline then return frame.inline.text end
  if frame.counted then return bytes:sub(frame.body_from, frame.body_from + frame.counted - 1) end
  return nil
end

-- Which room a frame is about, as its argument says it.
local function room_of(frame)
  local first = argument_of(frame, 1)
  if first and first:match("^[#@]") then return first end
  return value_of(frame, "room")
end

local function append(lists, key, entry)
  lists[key] = lists[key] or {}
  table.insert(lists[key], entry)
end

-- A number counts in a room of one server.
local function key_of(server, seq) return server .. "/" .. tostring(seq) end
local function source_of(pinfo) return tostring(pinfo.src) .. ":" .. pinfo.src_port end
local function target_of(pinfo) return tostring(pinfo.dst) .. ":" .. pinfo.dst_port end

-- A packet may hold several frames, and be handed over in several pieces.
local function place_of(pinfo, bytes, at) return pinfo.number .. "/" .. #bytes .. "/" .. at end

local function note_links(frame, stream, pinfo, place)
  local packet = pinfo.number
  if frame.verb == "SAY" then
    local id = value_of(frame, "id")
    local entry = { packet = packet, place = place, room = argument_of(frame, 1) }
    if id then
      known.asked[stream .. "/" .. id] = entry
    else
      append(known.asked, stream .. "/", entry)
    end
  elseif frame.verb == "OK" and value_of(frame, "seq") then
    local id = value_of(frame, "id")
    local entry
    if id then
      entry = known.asked[stream .. "/" .. id]
    elseif known.asked[stream .. "/"] then
      entry = table.remove(known.asked[stream .. "/"], 1)
    end
    local seq = value_of(frame, "seq")
    if entry then
      append(known.said, key_of(source_of(pinfo), seq), { packet = entry.packet, room = entry.room })
      known.said_by[entry.place] = { room = entry.room, seq = seq }
    end
  elseif frame.verb == "MSG" then
    local room, seq, user = argument_of(frame, 1), argument_of(frame, 2), argument_of(frame, 3)
    if room and seq and user then append(known.copies, key_of(source_of(pinfo), seq), { packet = packet, room = room }) end
  end
end

-- The room "@bob" of a command is the conversation "@alice,bob" in what the server sends on.
local function is_same_room(asked, sent)
  if not asked or not sent then return false end
  if asked:lower() == sent:lower() then return true end
  local peer = asked:match("^@([^,]+)$")
  if not peer then return false end
  local a, b = sent:match("^@([^,]+),(.+)$")
  return a ~= nil and (a == peer:lower() or b == peer:lower())
end

local function copies_of(server, said)
  local found = {}
  for _, copy in ipairs(known.copies[key_of(server, said.seq)] or {}) do
    if is_same_room(said.room, copy.room) then table.insert(found, copy.packet) end
  end
  return found
end

local function packet_that_said(server, room, seq)
  for _, said in ipairs(known.said[key_of(server, seq)] or {}) do
    if is_same_room(said.room, room) then return said.packet end
  end
  return nil
end

local SECRET_VERBS = { LOGIN = true, REGISTER = true, AUTH = true }

local function add_names(tree, frame, range, from)
  local function add(field, entry, value)
    if entry then tree:add(field, range(from + entry[2] - 1, #entry[1]), value or entry[1]) end
  end
  local function add_value(field, key, as_number)
    local entry = frame.keys[key]
    if not entry then return end
    local start = from + entry[2] - 1 + #key + 1
    if as_number and not entry[1]:match("^%d+$") then return end
    if #entry[1] == 0 then return end
    tree:add(field, range(start, #entry[1]), as_number and UInt64.new(entry[1]) or unescaped(entry[1]))
  end
  local function number(field, index)
    local entry = frame.arguments[index]
    if entry and entry[1]:match("^%d+$") and #entry[1] < 19 then add(field, entry, UInt64.new(entry[1])) end
  end
  local verb = frame.verb
  if room_of(frame) == argument_of(frame, 1) then add(fields.room, frame.arguments[1]) else add_value(fields.room, "room") end
  if verb == "MSG" or verb == "FILE" then number(fields.seq, 2) add(fields.user, frame.arguments[3]) end
  if verb == "FILE" then add(fields.file, frame.arguments[5] and frame.arguments[4]) end
  if verb == "JOINED" or verb == "PARTED" or verb == "PRES" then add(fields.user, frame.arguments[2]) end
  if SECRET_VERBS[verb] then add(fields.user, frame.arguments[1]) end
  if verb == "DATA" or verb == "ACK" then add(fields.file, frame.arguments[1]) number(fields.offset, 2) end
  if verb == "GET" or verb == "DONE" or verb == "STAT" or verb == "CANCEL" or verb == "CREDIT" then
    add(fields.file, frame.arguments[1])
  end
  if verb == "ERR" or (verb == "BYE" and frame.arguments[1]) then
    local code = frame.arguments[1]
    if code and code[1]:match("^%d%d?%d?$") then tree:add(fields.code, range(from + code[2] - 1, #code[1]), tonumber(code[1])) end
    add(fields.name, frame.arguments[2])
  end
  add_value(fields.seq, "seq", true)
  add_value(fields.id, "id")
  add_value(fields.file, "file")
  add_value(fields.user, "user")
  add_value(fields.token, "token")
end

local function add_frame(tree, pinfo, frame, unit, range, at, bytes, stream)
  local from = at - 1  -- of the range, which counts from 0
  local top = tree:add(fields.frame, range(from, unit.size), frame.line)
  top:set_text(frame.line)
  top:add(fields.verb, range(from, #frame.verb_text), frame.verb)
  for _, entry in ipairs(frame.arguments) do top:add(fields.argument, range(from + entry[2] - 1, #entry[1]), unescaped(entry[1])) end
  for _, entry in ipairs(frame.parameters) do top:add(fields.parameter, range(from + entry[2] - 1, #entry[1]), entry[1]) end
  add_names(top, frame, range, from)
  local body = body_of(frame, bytes)
  if body then
    local body_at = frame.inline and from + frame.inline.from or frame.body_from - 1
    local body_range = #body > 0 and range(body_at, #body) or nil
    if body_range then top:add(fields.body, body_range, (body:gsub("%z", "\\0"))) end
    top:add(fields.body_length, #body):set_generated()
    if SECRET_VERBS[frame.verb] and body_range then
      top:add(fields.password, body_range, body)
      top:add_proto_expert_info(experts.secret, "This password can be read by anybody on the way")
    end
  end
  if frame.keys.token then top:add_proto_expert_info(experts.secret, "This token can be read by anybody on the way") end
  if frame.verb == "ERR" then top:add_proto_expert_info(experts.refused, frame.line) end
  if frame.verb == "GAP" then top:add_proto_expert_info(experts.lost, frame.line) end
  top:add(fields.length, unit.size):set_generated()
  local said = frame.verb == "SAY" and known.said_by[place_of(pinfo, bytes, at)]
  if said then
    local copies = copies_of(target_of(pinfo), said)
    top:add(fields.copies, #copies):set_generated()
    for _, packet in ipairs(copies) do top:add(fields.copy_in, packet):set_generated() end
  elseif frame.verb == "MSG" then
    local packet = packet_that_said(source_of(pinfo), argument_of(frame, 1), argument_of(frame, 2))
    if packet then top:add(fields.said_in, packet):set_generated() end
  end
end

local function add_fault(tree, unit, range, at, name)
  local top = tree:add(fields.fault, range(at - 1, unit.size), name)
  top:add_proto_expert_info(experts.fault, name)
end

-- The first byte tells what never is PLAINTALK/1.
local function is_foreign_start(bytes)
  local first = bytes:byte(1)
  return first == 0x16 or first == 0x80 or bytes:sub(1, 3) == "\xEF\xBB\xBF" or bytes:sub(1, 2) == "\xFF\xFE" or
    bytes:sub(1, 2) == "\xFE\xFF"
end

function proto.dissector(buffer, pinfo, tree)
  local bytes = buffer:raw()
  local stream = tcp_stream() and tostring(tcp_stream().value) or "?"
  local way = stream .. "/" .. source_of(pinfo)
  pinfo.cols.protocol = "PLAINTALK"
  local dead = known.dead[way]
  local subtree = tree:add(proto, buffer())
  if dead and pinfo.number > dead then
    subtree:append_text(", behind a fault after which nothing can be read")
    return #bytes
  end
  if not pinfo.visited and not known.begun[way] and is_foreign_start(bytes) then known.foreign[way] = pinfo.number end
  if known.foreign[way] == pinfo.number then
    if not pinfo.visited then known.dead[way] = pinfo.number end
    add_fault(subtree, { size = #bytes }, buffer, 1, "not_plaintalk")
    pinfo.cols.info = "no frame: not_plaintalk"
    return #bytes
  end
  local infos = {}
  local at = 1
  while at <= #bytes do
    local line_size = known.line_sizes[stream] or LINE_SIZE_MAX
    local unit, more = next_unit(bytes, at, line_size)
    if unit then unit, more = with_skipped(bytes, at, unit) end
    if not unit then
      pinfo.desegment_offset = at - 1
      pinfo.desegment_len = more or DESEGMENT_ONE_MORE_SEGMENT
      break
    end
    if not pinfo.visited then known.begun[way] = true end
    if unit.fault then
      add_fault(subtree, unit, buffer, at, unit.fault)
      if unit.then_fault then add_fault(subtree, unit, buffer, at, unit.then_fault) end
      table.insert(infos, "no frame: " .. unit.fault)
      if unit.is_fatal and not pinfo.visited then known.dead[way] = pinfo.number end
    elseif unit.frame then
      local frame = unit.frame
      if not pinfo.visited then
        note_links(frame, stream, pinfo, place_of(pinfo, bytes, at))
        local size = frame.verb == "PLAINTALK/1" and tonumber(value_of(frame, "line") or "")
        if size and size >= 64 and size <= BODY_SIZE_MAX then known.line_sizes[stream] = size end
      end
      add_frame(subtree, pinfo, frame, unit, buffer, at, bytes, stream)
      local shown = frame.line
      if SECRET_VERBS[frame.verb] then shown = shown:gsub(":.*", ":******") end
      if #infos < 4 then table.insert(infos, #shown > 100 and shown:sub(1, 100) .. "..." or shown) end
    end
    at = at + unit.size
  end
  if #infos > 0 then pinfo.cols.info = table.concat(infos, " | ") end
  return #bytes
end

-- On another port a connection is known by the server's first line.
local function heuristic(buffer, pinfo, tree)
  if buffer:len() < 12 or buffer(0, 12):string() ~= "PLAINTALK/1 " then return false end
  pinfo.conversation = proto
  proto.dissector(buffer, pinfo, tree)
  return true
end
proto:register_heuristic("tcp", heuristic)

local tcp_ports = DissectorTable.get("tcp.port")
local registered = proto.prefs.port
tcp_ports:add(registered, proto)
function proto.prefs_changed()
  if registered == proto.prefs.port then return end
  tcp_ports:remove(registered, proto)
  registered = proto.prefs.port
  tcp_ports:add(registered, proto)
end
